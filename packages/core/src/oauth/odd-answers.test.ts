import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProviderHttp } from "../http/index.ts";
import type { Credentials, Provider, Step } from "../provider.ts";
import { specs, type ProviderId } from "../../test/specs.ts";
import { oauth } from "./oauth.ts";

const context = { redirectUri: "https://app.example.com/callback" };
const shop = "acme.myshopify.com";

/** What identifies the account, at whichever address a provider is asked. */
const identities: Record<string, object> = {
  "/api.calendly.com/users/me": { resource: { uri: "https://api.calendly.com/users/U1" } },
  "/api-m.paypal.com/v1/identity/oauth2/userinfo": { payer_id: "P1" },
  [`/${shop}/admin/api/2026-10/graphql.json`]: {
    data: { shop: { id: "gid://shopify/Shop/1", myshopifyDomain: shop } },
  },
  "/api.stripe.com/v1/account": { id: "acct_platform" },
  "/api.stripe.com/v1/accounts/acct_1": { id: "acct_1" },
  "/api.zoom.us/v2/users/me": { id: "U1" },
};

/** How an answer of a token endpoint goes out. */
interface Sending {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

let next: Sending;
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const identity = identities[pathname];
  if (identity) response.end(JSON.stringify(identity));
  else response.writeHead(next.status, next.headers).end(next.body);
});
const client = { id: "id", secret: "secret", mode: "live", redirectUri: context.redirectUri };
const providers = new Map<ProviderId, Provider>();

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const http = createProviderHttp({ sandbox: `http://127.0.0.1:${port}`, maxBytes: 100_000 });
  for (const id of Object.keys(specs) as ProviderId[]) {
    providers.set(id, oauth(specs[id], { ...client, scopes: ["read_products"] }, http));
  }
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const ids = Object.keys(specs) as ProviderId[];
const provider = (id: ProviderId): Provider => {
  const found = providers.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

const good = {
  access_token: "a2",
  refresh_token: "r2",
  token_type: "Bearer",
  expires_in: 3600,
  scope: "users:read user:read:user read_products read_write",
  stripe_user_id: "acct_1",
  livemode: true,
};
const plain = (answer: object): Sending => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) });

/** What a provider has stored when its user comes back. */
const states: Partial<Record<ProviderId, { shop: string }>> = { shopify: { shop } };

async function connectWith(id: ProviderId, sending: Sending): Promise<Step> {
  next = sending;
  return await provider(id).resume(context, states[id] ?? {}, { code: "c" });
}

const held: Credentials = { accessToken: "a1", refreshToken: "r1", expiresAt: new Date(), metadata: { shop } };

async function refreshWith(id: ProviderId, sending: Sending): Promise<Credentials | undefined> {
  next = sending;
  return await provider(id).refresh?.(held);
}

/** The tokens are those of the answer; Stripe has none to keep, but the account's id. */
async function expectTokens(id: ProviderId, sending: Sending): Promise<void> {
  const step = await connectWith(id, sending);
  if (step.type !== "connected") throw new Error(`${id}: ${JSON.stringify(step)}`);
  const { credentials } = step.grant;
  if (provider(id).refresh === undefined) expect(credentials.metadata["account"]).toBe("acct_1");
  else expect(credentials).toMatchObject({ accessToken: "a2", refreshToken: "r2" });
  if (provider(id).refresh) {
    expect(await refreshWith(id, sending)).toMatchObject({ accessToken: "a2", refreshToken: "r2", metadata: { shop } });
  }
}

const anything = fc.oneof(fc.jsonValue(), fc.double(), fc.maxSafeInteger(), fc.integer());
const noText = fc.jsonValue().filter((value) => typeof value !== "string");
const types = fc.constantFrom("Bearer ", " bearer", "BEARER\n", "Bearer token", "", null, 7, ["bearer"], {}, true);
const ends = fc.oneof(anything, fc.constantFrom("3600", "3600.5", 3599.7, -1, 0, 1_795_435_200, 1e300, "soon", " "));
const fields: Record<string, fc.Arbitrary<unknown>> = {
  token_type: types,
  expires_in: ends,
  refresh_token_expires_in: ends,
  scope: fc.oneof(anything, fc.array(fc.string())),
  error: fc.oneof(fc.constant(""), noText),
  error_description: anything,
  reason: anything,
  livemode: fc.constantFrom("true", true, null, 7, {}),
  id_token: anything,
  created_at: anything,
  owner: anything,
  api_url: anything,
};
const extra = fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const odd = fc
  .tuple(extra, fc.record(fields, { requiredKeys: [] }))
  .map(([more, beside]) => ({ ...more, ...good, ...beside }));

const contentTypes = ["text/html", "application/json; charset=utf-16", "text/plain;charset=UTF-8", "x", ""];
const packed: Record<string, (text: Buffer) => Buffer> = {
  gzip: (text) => gzipSync(text),
  "x-gzip": (text) => gzipSync(text),
  GZIP: (text) => gzipSync(text),
  deflate: (text) => deflateSync(text),
  "deflate ": (text) => deflateRawSync(text),
  br: (text) => brotliCompressSync(text),
  "gzip, br": (text) => brotliCompressSync(gzipSync(text)),
  "identity, gzip": (text) => gzipSync(text),
  "utf-8": (text) => text,
  identity: (text) => text,
  "gzip ": (text) => text,
};
const sendings = fc.record({
  status: fc.constantFrom(200, 201, 202, 203),
  coding: fc.option(fc.constantFrom(...Object.keys(packed)), { nil: undefined }),
  type: fc.constantFrom(...contentTypes),
  mark: fc.boolean(),
});

describe.each(ids)("odd things beside %s's tokens", (id) => {
  test(
    "91. odd things beside the tokens leave them as they are, at connect and at refresh",
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(odd, sendings, async (answer, { status, coding, type, mark }) => {
          const text = Buffer.from(`${mark ? "\uFEFF" : ""}${JSON.stringify(answer)}`);
          const headers = { "content-type": type, ...(coding && { "content-encoding": coding }) };
          const pack = coding === undefined ? undefined : packed[coding];
          await expectTokens(id, { status, headers, body: pack?.(text) ?? text });
        }),
        { numRuns: 60 },
      );
    },
  );

  test.each([
    ["an error beside the tokens", { error: "server_error" }],
    ["a type that wants a proof with each use", { token_type: "mac" }],
    ["the same, otherwise written", { token_type: " DPoP" }],
  ])(
    "40. a token answer with %s connects nothing, and what was granted is handed over to be ended",
    async (_what, beside) => {
      expect(await connectWith(id, plain({ ...good, ...beside }))).toMatchObject({
        type: "orphaned",
        credentials: { accessToken: "a2", refreshToken: "r2" },
        failure: { code: "provider_misbehaved" },
      });
    },
  );
});

describe.each(ids.filter((id) => specs[id].refresh !== "none"))("an answer to a refresh at %s", (id) => {
  test.each([
    ["without an access token", { access_token: null }],
    ["with a type that wants a proof", { token_type: "mac" }],
    ["with an error", { error: "server_error" }],
  ])("41. %s gives the new refresh token, and no access token", async (_what, beside) => {
    const { accessToken, refreshToken, expiresAt } = (await refreshWith(id, plain({ ...good, ...beside }))) ?? {};
    expect([accessToken, refreshToken]).toEqual([undefined, "r2"]);
    expect(expiresAt?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test("41. an answer to a refresh without any new token says nothing of the old one", async () => {
    for (const answer of [{}, { error: "server_error" }, { ...good, access_token: 7, refresh_token: [] }])
      await expect(refreshWith(id, plain(answer))).rejects.toMatchObject({ code: "provider_misbehaved" });
  });
});

describe("an error's description", () => {
  const dead = { calendly: "invalid_grant", paypal: "invalid_grant", shopify: "invalid_grant", zoom: "invalid_grant" };
  test.each(Object.entries(dead) as [ProviderId, string][])(
    "91. an error's description may be null, absent, empty or no text: at %s the error alone decides",
    async (id, error) => {
      for (const error_description of [null, undefined, "", 7, {}]) {
        const answer = { ...plain({ error, error_description, reason: null }), status: 400 };
        await expect(refreshWith(id, answer)).rejects.toMatchObject({ code: "needs_reconnect" });
      }
    },
  );
});

describe("42. a granted scope that is", () => {
  const scopesOf = async (id: ProviderId, scope: unknown) => {
    const step = await connectWith(id, plain({ ...good, scope }));
    return step.type === "connected" ? [step.grant.scopes, step.grant.missing] : step;
  };

  test.each([
    ["absent is as asked", undefined, [["read_products"], []]],
    ["null is as asked", null, [["read_products"], []]],
    ["of another type is as asked", { read: true }, [["read_products"], []]],
    ["a list is read", ["read_products", "x y"], [["read_products", "x", "y"], []]],
    ["an empty text is nothing granted", "", [[], ["read_products"]]],
    ["blank is nothing granted", " ", [[], ["read_products"]]],
    ["an empty list is nothing granted", [], [[], ["read_products"]]],
  ])("%s", async (_what, scope, expected) => {
    expect(await scopesOf("shopify", scope)).toEqual(expected);
  });
});

describe.each([
  ["calendly", 7_200],
  ["paypal", 28_800],
  ["shopify", 3_600],
  ["zoom", 3_600],
] as const)("41. a token of %s, whose documented life is %i seconds,", (id, documented) => {
  const secondsOf = async (expires_in: unknown): Promise<number> => {
    const step = await connectWith(id, plain({ ...good, expires_in }));
    const end = step.type === "connected" ? step.grant.credentials.expiresAt : undefined;
    return Math.round(((end?.getTime() ?? NaN) - Date.now()) / 1000);
  };

  test.each([undefined, null, "soon", "", {}, true, 0, -1, 1e300, 1_795_435_200_000])(
    "41. a token counts as ending at once if its first answer says %j: a refresh may tell",
    async (expiresIn) => {
      expect(Math.abs(await secondsOf(expiresIn))).toBeLessThan(5);
    },
  );

  test.each(["soon", "", {}, true, 0, -1, 1e300, 1_795_435_200_000, 315_360_000])(
    "41. a token lasts as documented if the answer to a refresh says %j",
    async (expires_in) => {
      const end = (await refreshWith(id, plain({ ...good, expires_in })))?.expiresAt?.getTime() ?? NaN;
      expect(Math.abs((end - Date.now()) / 1000 - documented)).toBeLessThan(5);
    },
  );

  test("41. a token lasts as documented at most", async () => {
    expect(Math.abs((await secondsOf(315_360_000)) - documented)).toBeLessThan(5);
  });

  test("41. a token lasts as its answer says if that is shorter", async () => {
    expect(Math.abs((await secondsOf("900")) - 900)).toBeLessThan(5);
  });

  test("41. a token ends at the moment that its answer names", async () => {
    const soon = Math.floor(Date.now() / 1000) + 600;
    expect(Math.abs((await secondsOf(soon)) - 600)).toBeLessThan(5);
  });
});

describe("Zoom's region", () => {
  const placeOf = async (api_url: unknown) => {
    const step = await connectWith("zoom", plain({ ...good, api_url }));
    return step.type === "connected" ? step.grant.credentials.metadata : step;
  };

  test.each([
    ["https://api-eu.zoom.us", "https://api-eu.zoom.us"],
    ["https://API.zoom.us/v2/", "https://api.zoom.us"],
    ["https://zoom.us", "https://zoom.us"],
  ])("94. Zoom's region at %s is kept with the credential", async (address, apiUrl) => {
    expect(await placeOf(address)).toEqual({ apiUrl });
  });

  test.each([
    "http://api-eu.zoom.us",
    "https://api-eu.zoom.us:8443",
    "https://zoom.us.evil.example",
    "https://evilzoom.us",
    "https://evil.example/zoom.us",
    "https://api.zoom.us@evil.example",
    "api-eu.zoom.us",
    "",
    null,
    7,
    {},
  ])("94. Zoom's region at %j is none: no token goes anywhere else", async (address) => {
    expect(await placeOf(address)).toEqual({});
  });

  test("94. Zoom's region is where a back end is sent with the token", async () => {
    const step = await connectWith("zoom", plain({ ...good, api_url: "https://api-eu.zoom.us" }));
    if (step.type !== "connected") throw new Error(`not connected but ${step.type}`);
    const payload = oauth(specs.zoom, client, createProviderHttp()).buildPayload(step.grant.credentials);
    expect(payload).toMatchObject({ api: { baseUrl: "https://api-eu.zoom.us/v2" } });
  });

  test("94. Zoom's region is that of the newest answer that names one", async () => {
    const before = { ...held, metadata: { apiUrl: "https://api-eu.zoom.us" } };
    const renewedWith = async (answer: object) => {
      next = plain(answer);
      return (await provider("zoom").refresh?.(before))?.metadata;
    };
    expect(await renewedWith(good)).toEqual({ apiUrl: "https://api-eu.zoom.us" });
    expect(await renewedWith({ ...good, api_url: "https://api-us.zoom.us" })).toEqual({
      apiUrl: "https://api-us.zoom.us",
    });
  });
});
