// An application on Auth.js (@auth/express) with sessions in PostgreSQL, as its documentation has it.
import { ExpressAuth, getSession, type ExpressAuthConfig } from "@auth/express";
import PostgresAdapter from "@auth/pg-adapter";
import express, { type Express, type RequestHandler } from "express";
import { providerUrl, secret } from "../../contender/settings.ts";
import { clientId, clientSecret } from "../../world/secrets.ts";
import { pool, serve } from "../express.ts";

interface Person {
  id: string;
  name: string;
  email: string;
}

const config: ExpressAuthConfig = {
  secret,
  trustHost: true,
  basePath: "/auth",
  adapter: PostgresAdapter(pool),
  session: { strategy: "database" },
  callbacks: {
    session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id } }),
  },
  providers: [
    {
      id: "zoom",
      name: "Zoom",
      type: "oauth",
      clientId: clientId("zoom"),
      clientSecret: clientSecret("zoom"),
      checks: ["pkce", "state"],
      authorization: { url: `${providerUrl}/zoom.us/oauth/authorize`, params: { scope: "user:read:user" } },
      token: `${providerUrl}/zoom.us/oauth/token`,
      userinfo: `${providerUrl}/api.zoom.us/v2/users/me`,
      profile: ({ id, name, email }: Person) => ({ id, name, email }),
    },
  ],
};

const app: Express = express();
app.disable("x-powered-by");
app.get("/healthz", (_request, response) => void response.json({}));
// A path that ExpressAuth can read on Express 5: it looks for what a star stood for.
app.use(/^\/auth\/(.*)$/, ExpressAuth(config) as RequestHandler);

const columns = `id, provider, "providerAccountId", type, scope, expires_at`;

app.get("/accounts", async (request, response) => {
  const session = await getSession(request, config);
  if (!session?.user?.id) return void response.status(401).json({});
  const { rows } = await pool.query(`select ${columns} from accounts where "userId" = $1 order by id`, [
    session.user.id,
  ]);
  response.json(rows);
});

serve(app);
