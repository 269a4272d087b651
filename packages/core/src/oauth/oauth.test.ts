import { describe, expect, test } from "vitest";
import type { ProviderHttp } from "../http/index.ts";
import { specs } from "../../test/specs.ts";
import { oauth } from "./oauth.ts";
import type { OAuthSpec } from "./spec.ts";

const client = { id: "id", secret: "secret", mode: "live", redirectUri: "https://app.example.com/callback" };

/** A provider whose every answer is this one. */
function answering(spec: OAuthSpec, body: object) {
  const http: ProviderHttp = {
    resolveUrl: (url) => new URL(url),
    send: async () => ({ status: 200, headers: {}, text: JSON.stringify(body) }),
  };
  return oauth(spec, client, http);
}

describe("a refresh", () => {
  const old = {
    accessToken: "a1",
    refreshToken: "r1",
    expiresAt: new Date("2026-11-23T10:00:00Z"),
    refreshExpiresAt: new Date("2027-02-01T00:00:00Z"),
    metadata: { shop: "acme" },
  };
  const { expiresAt: _, ...withoutEnd } = old;

  test("a refresh whose answer does not say when the token ends has not the end of the old one", async () => {
    const renewed = await answering(specs.paypal, { access_token: "a2" }).refresh?.(old);
    expect(renewed).toEqual({ ...withoutEnd, accessToken: "a2" });
  });

  test("a refresh that brings a new refresh token has not the end of the old one's either", async () => {
    const renewed = await answering(specs.paypal, { access_token: "a2", refresh_token: "r2" }).refresh?.(old);
    expect(renewed).toEqual({ accessToken: "a2", refreshToken: "r2", metadata: old.metadata });
  });
});

test("a bug while the account is identified is ours, and the grant is handed over to be ended", async () => {
  const bug = new TypeError("bug");
  const spec = {
    ...specs.zoom,
    identify: async () => {
      throw bug;
    },
  };
  const tokens = { access_token: "a1", refresh_token: "r1", expires_in: 3600, scope: "user:read:user" };
  const context = { redirectUri: client.redirectUri };
  expect(await answering(spec, tokens).resume(context, { verifier: "v" }, { code: "c" })).toMatchObject({
    type: "orphaned",
    credentials: { accessToken: "a1", refreshToken: "r1" },
    failure: { code: "internal", cause: bug },
  });
});

test("Calendly's returns may be signed under either of its names", () => {
  expect(answering(specs.calendly, {}).issuers).toEqual(["https://auth.calendly.com", "https://calendly.com"]);
});

test("a provider whose refresh can be lost says where a user can end the grant that nobody holds then", () => {
  const strict = Object.values(specs)
    .map((spec) => answering(spec, {}))
    .filter(({ singleUseRefreshToken }) => singleUseRefreshToken);
  expect(strict.map(({ id }) => id)).toEqual(["calendly", "zoom"]);
  for (const { manageUrl } of strict) expect(manageUrl?.({})).toMatch(/^https:\/\//);
});
