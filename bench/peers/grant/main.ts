// An application on grant, with express-session and connect-pg-simple, as its documentation has it.
import type { RequestHandler } from "express";
import grant, { type GrantResponse } from "grant";
import { providerUrl, publicUrl } from "../../contender/settings.ts";
import { clientId, clientSecret } from "../../world/secrets.ts";
import { createSessionApp, serve, storeAccount } from "../express.ts";

declare module "express-session" {
  interface SessionData {
    user: string;
    grant?: { response?: GrantResponse };
  }
}

const app = createSessionApp();

const signedIn: RequestHandler = (request, response, next) =>
  request.session.user === undefined ? void response.status(401).json({}) : next();

app.use(signedIn);
app.use(
  grant.default.express({
    defaults: { origin: publicUrl, transport: "session", state: true, pkce: true, prefix: "/connect" },
    zoom: {
      authorize_url: `${providerUrl}/zoom.us/oauth/authorize`,
      access_url: `${providerUrl}/zoom.us/oauth/token`,
      profile_url: `${providerUrl}/api.zoom.us/v2/users/me`,
      oauth: 2,
      token_endpoint_auth_method: "client_secret_basic",
      client_id: clientId("zoom"),
      client_secret: clientSecret("zoom"),
      callback: "/connected",
      response: ["tokens", "raw", "profile"],
    },
  }),
);

app.get("/connected", async (request, response) => {
  const granted = request.session.grant?.response;
  const { user } = request.session;
  delete request.session.grant;
  if (granted?.access_token === undefined || user === undefined) return response.redirect("/integrations?error=zoom");
  const { id, display_name: name, email } = granted.profile as { id: string; display_name: string; email: string };
  const { expires_in: lasts, scope } = granted.raw as { expires_in: number; scope: string };
  const { access_token: accessToken, refresh_token: refreshToken = "" } = granted;
  await storeAccount({ user, id, name, email, scopes: scope.split(" "), accessToken, refreshToken, lasts });
  response.redirect("/integrations?connected=zoom");
});

serve(app);
