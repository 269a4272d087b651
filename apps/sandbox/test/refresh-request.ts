import { basicAuth, type Bench, type Minted } from "./harness.ts";

interface App {
  clientId: string;
  clientSecret: string;
}
type Proof = { headers?: Record<string, string>; fields?: Record<string, string> };

const byBasic = ({ clientId, clientSecret }: App): Proof => ({ headers: basicAuth(clientId, clientSecret) });
const byKey = ({ clientSecret }: App): Proof => ({ headers: basicAuth(clientSecret, "") });
const byFields = ({ clientId, clientSecret }: App): Proof => ({
  fields: { client_id: clientId, client_secret: clientSecret },
});

/** Where each provider takes a refresh, and how an app proves who it is. */
const tokenEndpoints: Readonly<Record<string, { path: string; prove: (app: App) => Proof }>> = {
  calendly: { path: "/auth.calendly.com/oauth/token", prove: byBasic },
  paypal: { path: "/api-m.sandbox.paypal.com/v1/oauth2/token", prove: byBasic },
  shopify: { path: "/:shop/admin/oauth/access_token", prove: byFields },
  stripe: { path: "/connect.stripe.com/oauth/token", prove: byKey },
  zoom: { path: "/zoom.us/oauth/token", prove: byBasic },
};

/** The providers whose grants can be refreshed. */
export const refreshingProviders = Object.keys(tokenEndpoints);

/** Builds the request that refreshes a grant. */
export async function buildRefresh(
  sandbox: Bench,
  provider: string,
  { refreshToken, shop }: Pick<Minted, "refreshToken" | "shop">,
) {
  const apps = (await sandbox.read("apps")) as Record<string, App>;
  const [endpoint, app] = [tokenEndpoints[provider], apps[provider]];
  if (endpoint === undefined || app === undefined) throw new Error(`${provider} refreshes nothing`);
  const { headers, fields } = endpoint.prove(app);
  return {
    path: endpoint.path.replace(":shop", shop),
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, ...fields }).toString(),
  };
}
