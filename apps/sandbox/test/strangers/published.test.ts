import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  appOrigin,
  basicAuth,
  bearerAuth,
  bench,
  json,
  type Json,
  type Minted,
  parameter,
  withQuery,
} from "../harness.ts";
import * as published from "./published.ts";

const sandbox = bench();

const clients = {
  calendly: basicAuth("sandbox-calendly", "cly_sec_W1qzP4mT8vXk3NfR7bYd2LsJ6hGc9EaU"),
  zoom: basicAuth("sandbox-zoom", "Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E"),
  paypal: basicAuth("sandbox-paypal", "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e"),
};
type Provider = keyof typeof clients;

const places: Record<Provider, { authorize: string; token: string; callback: string; scope?: string }> = {
  calendly: {
    authorize: "/auth.calendly.com/oauth/authorize",
    token: "/auth.calendly.com/oauth/token",
    callback: "callback",
    scope: "users:read webhooks:read webhooks:write",
  },
  zoom: { authorize: "/zoom.us/oauth/authorize", token: "/zoom.us/oauth/token", callback: "callback" },
  paypal: {
    authorize: "/www.sandbox.paypal.com/signin/authorize",
    token: "/api-m.sandbox.paypal.com/v1/oauth2/token",
    callback: "connect",
    scope: "openid profile email address https://uri.paypal.com/services/paypalattributes",
  },
};

/** The answer that a person's consent leads to. */
async function connect(provider: Provider, person: string): Promise<Json> {
  const { authorize, token, callback, scope } = places[provider];
  const redirect_uri = `${appOrigin}/api/v1/channels/${provider}/${callback}`;
  const asked = { client_id: `sandbox-${provider}`, response_type: "code", redirect_uri, ...(scope && { scope }) };
  const code = parameter(await sandbox.consent(withQuery(authorize, asked), { person, decision: "allow" }), "code");
  return json(await sandbox.form(token, { grant_type: "authorization_code", code, redirect_uri }, clients[provider]));
}
const read = async (path: string, set: Json) => json(await sandbox.get(path, bearerAuth(set["access_token"])));
const eventOf = async (order: Json): Promise<unknown> => {
  const { requests } = (await sandbox.control("sign", { to: "http://localhost:3000/", ...order })) as {
    requests: { body: string }[];
  };
  return JSON.parse(requests[0]?.body ?? "null");
};

/** What a published shape finds wrong; nothing, if it fits. */
const judge = (shape: z.ZodType, answer: unknown): string | undefined => {
  const { error } = shape.safeParse(answer);
  return error && z.prettifyError(error);
};

describe("what the providers publish fits", () => {
  it.each(["ada", "tomas"])("Calendly's tokens, user and subscriptions (%s) fit what it publishes", async (person) => {
    const set = await connect("calendly", person);
    expect(judge(published.calendlyTokens, set)).toBeUndefined();
    expect(judge(published.calendlyUser, await read("/api.calendly.com/users/me", set))).toBeUndefined();
    const { owner: user, organization } = set as { owner: string; organization: string };
    const path = "/api.calendly.com/webhook_subscriptions";
    for (const nth of [1, 2]) {
      const wanted = { url: `https://app.example/${person}/${nth}`, events: ["invitee.created"], scope: "user" };
      await sandbox.post(path, { ...wanted, user, organization }, bearerAuth(set["access_token"]));
    }
    const page = await read(withQuery(path, { user, organization, scope: "user", count: "1" }), set);
    expect(judge(published.calendlySubscriptions, page)).toBeUndefined();
    expect(page).toHaveProperty("collection.0.uri");
  });

  it.each(["invitee.created", "invitee.canceled", "invitee_no_show.created"])(
    "Calendly's %s fits what it publishes",
    async (event) => {
      expect(judge(published.calendlyInvitee, await eventOf({ provider: "calendly", event }))).toBeUndefined();
    },
  );

  it.each(["priya", "jonas"])("Zoom's user and deauthorization (%s) fit what it publishes", async (person) => {
    const user = await read("/api.zoom.us/v2/users/me", await connect("zoom", person));
    expect(judge(published.zoomUser, user)).toBeUndefined();
    const gone = await eventOf({ provider: "zoom", event: "app_deauthorized", person });
    expect(judge(published.zoomDeauthorization, gone)).toBeUndefined();
  });

  it.each(["grace", "kwame"])("PayPal's user (%s) fits what it publishes", async (person) => {
    const path = "/api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo?schema=paypalv1.1";
    expect(judge(published.paypalUser, await read(path, await connect("paypal", person)))).toBeUndefined();
  });

  it("synthetic people fit what the providers publish, as seeded ones do", async () => {
    const mint = async (provider: Provider): Promise<Json> => {
      const [one] = (await sandbox.control("mint", { provider, count: 1 })) as unknown as Minted[];
      return { access_token: one?.accessToken };
    };
    expect(
      judge(published.calendlyUser, await read("/api.calendly.com/users/me", await mint("calendly"))),
    ).toBeUndefined();
    expect(judge(published.zoomUser, await read("/api.zoom.us/v2/users/me", await mint("zoom")))).toBeUndefined();
  });

  it("the comparison with what is published finds what is wrong", async () => {
    await sandbox.control("set", { provider: "zoom", person: "priya", answer: { nickname: "P", type: 3 } });
    const user = await read("/api.zoom.us/v2/users/me", await connect("zoom", "priya"));
    expect(judge(published.zoomUser, user)).toContain("nickname");
  });
});
