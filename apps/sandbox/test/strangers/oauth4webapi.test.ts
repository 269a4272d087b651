import * as oauth from "oauth4webapi";
import { describe, expect, it } from "vitest";
import { appOrigin, bench, json, type Json } from "../harness.ts";
import { fetchAt, pathOf } from "./wire.ts";

const sandbox = bench();
const options = {
  [oauth.customFetch]: (url: string, { body, ...rest }: oauth.CustomFetchOptions<string, RequestInit["body"]>) =>
    fetchAt(sandbox)(url, { ...rest, ...(body !== undefined && { body }) }),
};

interface Provider {
  readonly server: oauth.AuthorizationServer;
  readonly clientId: string;
  readonly auth: oauth.ClientAuth;
  readonly callback: string;
  readonly person: string;
  readonly scope?: string;
}

const calendly: Provider = {
  server: {
    issuer: "https://auth.calendly.com",
    authorization_endpoint: "https://auth.calendly.com/oauth/authorize",
    token_endpoint: "https://auth.calendly.com/oauth/token",
    revocation_endpoint: "https://auth.calendly.com/oauth/revoke",
    introspection_endpoint: "https://auth.calendly.com/oauth/introspect",
  },
  clientId: "sandbox-calendly",
  auth: oauth.ClientSecretPost("cly_sec_W1qzP4mT8vXk3NfR7bYd2LsJ6hGc9EaU"),
  callback: "/api/v1/channels/calendly/callback",
  person: "ada",
  scope: "users:read",
};
const zoom: Provider = {
  server: {
    issuer: "https://zoom.us",
    authorization_endpoint: "https://zoom.us/oauth/authorize",
    token_endpoint: "https://zoom.us/oauth/token",
    revocation_endpoint: "https://zoom.us/oauth/revoke",
  },
  clientId: "sandbox-zoom",
  auth: oauth.ClientSecretBasic("Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E"),
  callback: "/api/v1/channels/zoom/callback",
  person: "priya",
};
const paypal: Provider = {
  server: {
    issuer: "https://www.sandbox.paypal.com",
    authorization_endpoint: "https://www.sandbox.paypal.com/signin/authorize",
    token_endpoint: "https://api-m.sandbox.paypal.com/v1/oauth2/token",
    userinfo_endpoint: "https://api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo?schema=paypalv1.1",
  },
  clientId: "sandbox-paypal",
  auth: oauth.ClientSecretBasic("EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e"),
  callback: "/api/v1/channels/paypal/connect",
  person: "grace",
  scope: "openid email https://uri.paypal.com/services/paypalattributes",
};
const stripe: Provider = {
  server: {
    issuer: "https://connect.stripe.com",
    authorization_endpoint: "https://connect.stripe.com/oauth/authorize",
    token_endpoint: "https://connect.stripe.com/oauth/token",
  },
  clientId: "ca_sandboxT3stPatchbay8dKq2LmVx6Wz",
  auth: oauth.ClientSecretPost("sk_test_sandbox_4nVb8RzKx7LpYc2H"),
  callback: "/api/v1/channels/stripe/callback",
  person: "mei",
  scope: "read_write",
};
const shopify: Provider = {
  server: {
    issuer: "https://acme-goods.myshopify.com",
    authorization_endpoint: "https://acme-goods.myshopify.com/admin/oauth/authorize",
    token_endpoint: "https://acme-goods.myshopify.com/admin/oauth/access_token",
  },
  clientId: "sandbox-shopify",
  auth: oauth.ClientSecretPost("shpss_sandbox_7c1e94b0d2f85a6e3b19"),
  callback: "/api/v1/channels/shopify/callback",
  person: "nora",
  scope: "read_products",
};

const clientOf = ({ clientId }: Provider): oauth.Client => ({ client_id: clientId });

/** Walks to the consent page as a browser would, and judges the return as the library does. */
async function authorize(provider: Provider, decision: string) {
  const { server, clientId, callback, person, scope } = provider;
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? "");
  const asked = {
    client_id: clientId,
    response_type: "code",
    redirect_uri: `${appOrigin}${callback}`,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...(scope !== undefined && { scope }),
  };
  url.search = new URLSearchParams(asked).toString();
  const back = await sandbox.consent(pathOf(url), { person, decision });
  return { parameters: oauth.validateAuthResponse(server, clientOf(provider), back, state), verifier };
}

async function redeem(provider: Provider): Promise<Response> {
  const { parameters, verifier } = await authorize(provider, "allow");
  const { server, auth, callback } = provider;
  const uri = `${appOrigin}${callback}`;
  return oauth.authorizationCodeGrantRequest(server, clientOf(provider), auth, parameters, uri, verifier, options);
}

const connect = async (provider: Provider) =>
  oauth.processAuthorizationCodeResponse(provider.server, clientOf(provider), await redeem(provider));

const refresh = async (provider: Provider, token: string | undefined) => {
  const { server, auth } = provider;
  const answer = await oauth.refreshTokenGrantRequest(server, clientOf(provider), auth, token ?? "", options);
  return oauth.processRefreshTokenResponse(server, clientOf(provider), answer);
};

describe.each(Object.entries({ calendly, paypal, stripe, zoom }))("oauth4webapi at %s", (_id, provider) => {
  it("oauth4webapi is let in, and refreshes", async () => {
    const set = await connect(provider);
    expect(set).toMatchObject({ access_token: expect.any(String), token_type: "bearer" });
    const next = await refresh(provider, set.refresh_token);
    expect(next.access_token).not.toBe(set.access_token);
  });

  it("oauth4webapi understands a denial", async () => {
    await expect(authorize(provider, "deny")).rejects.toMatchObject({ error: "access_denied" });
  });

  it("oauth4webapi understands that a refresh token is dead", async () => {
    await expect(refresh(provider, "no-such-token")).rejects.toBeInstanceOf(oauth.ResponseBodyError);
  });
});

describe("oauth4webapi", () => {
  it("oauth4webapi refuses Shopify's tokens, which have no token_type", async () => {
    await expect(connect(shopify)).rejects.toMatchObject({ code: oauth.INVALID_RESPONSE });
    expect(await json(await redeem(shopify))).not.toHaveProperty("token_type");
  });

  it("oauth4webapi reads whose tokens they are, at Calendly, PayPal and Zoom", async () => {
    const read = async (provider: Provider, url: string): Promise<Json> => {
      const { access_token } = await connect(provider);
      return json(
        await oauth.protectedResourceRequest(access_token, "GET", new URL(url), undefined, undefined, options),
      );
    };
    expect(await read(calendly, "https://api.calendly.com/users/me")).toHaveProperty("resource.uri");
    expect(await read(zoom, "https://api.zoom.us/v2/users/me")).toHaveProperty("account_id");
    expect(await read(paypal, paypal.server.userinfo_endpoint ?? "")).toHaveProperty("payer_id");
  });

  it("oauth4webapi revokes at Calendly and Zoom", async () => {
    for (const provider of [calendly, zoom]) {
      const { access_token, refresh_token } = await connect(provider);
      const { server, auth } = provider;
      const answer = await oauth.revocationRequest(server, clientOf(provider), auth, access_token, options);
      expect(await oauth.processRevocationResponse(answer)).toBeUndefined();
      await expect(refresh(provider, refresh_token)).rejects.toMatchObject({ error: "invalid_grant" });
    }
  });

  it("oauth4webapi introspects at Calendly", async () => {
    const { server, auth } = calendly;
    const look = async (token: string) => {
      const answer = await oauth.introspectionRequest(server, clientOf(calendly), auth, token, options);
      return oauth.processIntrospectionResponse(server, clientOf(calendly), answer);
    };
    const { access_token } = await connect(calendly);
    expect(await look(access_token)).toMatchObject({ active: true, scope: "users:read" });
    expect(await look("nothing")).toEqual({ active: false });
  });

  it("oauth4webapi accepts the issuer that Calendly names, and no other", async () => {
    await sandbox.control("set", { provider: "calendly", iss: "https://calendly.com" });
    const named = {
      ...calendly.server,
      issuer: "https://calendly.com",
      authorization_response_iss_parameter_supported: true,
    };
    expect((await authorize({ ...calendly, server: named }, "allow")).parameters.get("code")).not.toBe("");
    await expect(authorize(calendly, "allow")).rejects.toThrow("iss");
  });
});
