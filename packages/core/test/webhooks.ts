import fc from "fast-check";
import { expect } from "vitest";
import { ConnectError } from "../src/errors.ts";
import type { ProviderHttp, ProviderRequest } from "../src/http/index.ts";
import type { OAuthClient, WebhookSettings } from "../src/oauth/index.ts";
import type { WebhookDelivery, WebhookNotification, Webhooks } from "../src/provider.ts";

export const client = (webhook: WebhookSettings, changes: Partial<OAuthClient> = {}): OAuthClient => ({
  id: "our-client",
  secret: "hush",
  mode: "live",
  redirectUri: "https://app.example.com/callback",
  webhook,
  ...changes,
});

export const deliver = (body: string | Buffer, headers: WebhookDelivery["headers"]): WebhookDelivery => ({
  body: Buffer.from(body),
  headers,
});

/** The code of the refusal, or what was received. */
export async function outcome(
  webhooks: Webhooks,
  delivery: WebhookDelivery,
  now: Date,
): Promise<WebhookNotification | string> {
  try {
    return await webhooks.receive(delivery, now);
  } catch (failure) {
    if (failure instanceof ConnectError) return failure.code;
    throw failure;
  }
}

/** Whatever stands in the headers and the body: it is refused, and nothing else is ever thrown. */
export async function expectRefusalOfAnything(webhooks: Webhooks, names: readonly string[], now: Date): Promise<void> {
  const time = fc.constantFrom("t", "v1").map((name) => `${name}=${Math.floor(now.getTime() / 1000)}`);
  const value = fc.oneof(fc.string(), time, fc.constant(undefined), fc.stringMatching(/^(v0=|t=\d{10},v1=)[0-9a-f]*$/));
  const headers = fc.record(Object.fromEntries(names.map((name) => [name, value])));
  await fc.assert(
    fc.asyncProperty(headers, fc.uint8Array(), async (headers, body) => {
      expect(await outcome(webhooks, { headers, body: Buffer.from(body) }, now)).toBe("invalid_signature");
    }),
  );
}

/** Whatever an event holds, reading it throws nothing. */
export function expectNothingOfAnything(webhooks: Webhooks, topics: readonly string[]): void {
  const body = fc.oneof(fc.json(), fc.string());
  fc.assert(
    fc.property(fc.constantFrom(...topics), body, (topic, text) => {
      expect(webhooks.read(topic, Buffer.from(text))).toEqual({ type: "none" });
    }),
  );
}

type Asked = ProviderRequest & { url: string };

/** A gate that answers each request with what a function gives, and remembers it. */
export function gateOf(
  answer: (request: Asked) => { status: number; text: string },
): ProviderHttp & { asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    resolveUrl: (url) => new URL(url),
    send: async (url, request = {}) => {
      const sent = { ...request, url: String(url) };
      asked.push(sent);
      return { ...answer(sent), headers: {} };
    },
  };
}
