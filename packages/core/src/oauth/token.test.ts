import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProviderHttp } from "../http/index.ts";
import { specs } from "../../test/specs.ts";
import { parseScopes } from "./token-fields.ts";
import { toCredentials, requestToken } from "./token.ts";
import type { TokenResponse } from "./token-response.ts";

const now = new Date("2026-11-23T10:00:00Z");
const client = { id: "id", secret: "secret", mode: "live", redirectUri: "https://app.example.com/callback" };

/** What is made of one answer of a token endpoint. */
async function asked(status: number, body: unknown): Promise<TokenResponse> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const http: ProviderHttp = {
    resolveUrl: (url) => new URL(url),
    send: async () => ({ status, headers: {}, text }),
  };
  return await requestToken({ spec: specs.calendly, client, http }, { code: "canary" }, {});
}

const good = { access_token: "a", token_type: "Bearer", refresh_token: "r", expires_in: 7200, scope: "users:read" };
const expiry = async (expires_in: unknown) =>
  toCredentials(await asked(200, { ...good, expires_in }), {}, now).expiresAt;

describe("expires_in", () => {
  test.each([
    ["a number", 7200, "2026-11-23T12:00:00.000Z"],
    ["a text", "28800", "2026-11-23T18:00:00.000Z"],
    ["a Unix time", 1_795_435_200, "2026-11-23T12:00:00.000Z"],
    ["zero: over at once", 0, now.toISOString()],
    ["negative: over at once", -5, now.toISOString()],
    ["negative, as a text: over at once", "-5", now.toISOString()],
    ["no number: over at once", "soon", now.toISOString()],
    ["a Unix time in milliseconds: over at once", 1_795_435_200_000, now.toISOString()],
    ["beyond every calendar: over at once", 1e300, now.toISOString()],
  ])("41. expires_in may be %s", async (_what, expiresIn, moment) => {
    expect((await expiry(expiresIn))?.toISOString()).toBe(moment);
  });

  test("41. expires_in may be absent: the token does not end", async () => {
    expect(await expiry(undefined)).toBeUndefined();
    expect(await expiry(null)).toBeUndefined();
  });

  test("41. expires_in gives a moment that can be stored and read again, whatever number it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.double(), fc.maxSafeInteger(), fc.string()), async (expiresIn) => {
        const at = await expiry(expiresIn);
        expect(at?.toISOString() ?? "9999").toMatch(/^\d{4}/);
      }),
    );
  });
});

describe("a token endpoint's answer", () => {
  test.each([
    ["an error with status 200", 200, { error: "invalid_request" }, "provider_misbehaved"],
    ["a dead code with status 200", 200, { error: "invalid_grant" }, "grant_rejected"],
    ["a dead code with status 401", 401, { error: "invalid_grant" }, "grant_rejected"],
    ["an unknown client", 401, { error: "invalid_client" }, "provider_misconfigured"],
    ["an error beside a token", 200, { ...good, error: "access_denied" }, "provider_misbehaved"],
    ["HTML", 200, "<html>", "provider_misbehaved"],
    ["nothing", 200, "", "provider_misbehaved"],
    ["JSON cut short", 200, '{"access_token":"abc', "provider_misbehaved"],
    ["null", 200, null, "provider_misbehaved"],
    ["a list", 200, [good], "provider_misbehaved"],
    ["a token that is no text", 200, { ...good, access_token: { a: 1 } }, "provider_misbehaved"],
    ["a token of another type", 200, { ...good, token_type: "mac" }, "provider_misbehaved"],
    ["tokens with status 404", 404, good, "provider_misbehaved"],
    ["HTML with status 400", 400, "<html>", "provider_misbehaved"],
    ["an overload", 429, good, "provider_unavailable"],
    ["a breakdown", 500, good, "provider_unavailable"],
  ])("40. a token endpoint's answer is refused if it is %s", async (...[, status, body, code]) => {
    await expect(asked(status, body)).rejects.toMatchObject({ code });
  });

  test("40. a token endpoint's answer is not quoted in the error, even where it repeats the code", async () => {
    const quoting = { error: "invalid code canary", error_description: "canary", reason: "canary" };
    const failure = await asked(400, quoting).catch((thrown: unknown) => thrown);
    expect(String(failure)).not.toContain("canary");
  });

  test("41. a token endpoint's answer without an access token is none", () => {
    expect(() => toCredentials({ refresh_token: "r" }, {}, now)).toThrow(
      expect.objectContaining({ code: "provider_misbehaved" }),
    );
  });

  test("41. a token endpoint's answer without a refresh token keeps the access token alone", async () => {
    const { refresh_token: _, ...rest } = good;
    expect(toCredentials(await asked(200, rest), {}, now)).toEqual({
      accessToken: "a",
      expiresAt: new Date("2026-11-23T12:00:00Z"),
      metadata: {},
    });
  });
});

describe("a scope text", () => {
  test.each([
    [undefined, []],
    [null, []],
    ["", []],
    ["a b", ["a", "b"]],
    ["a,b", ["a", "b"]],
    [" a ,\tb\n", ["a", "b"]],
    ["a\u0000b c", ["c"]],
    ["<ü> c", ["c"]],
  ])("42. a scope text %j is %j", (text, scopes) => {
    expect(parseScopes(text)).toEqual(scopes);
  });

  test("42. a scope text is a short list of plain texts, whatever is sent", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const scope of parseScopes(text)) expect(scope).toMatch(/^[\x21-\x7e]{1,255}$/);
      }),
    );
    expect(parseScopes("a ".repeat(100_000)).length).toBeLessThanOrEqual(500);
  });
});
