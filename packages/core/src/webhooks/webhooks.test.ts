import { describe, expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import type { WebhookDelivery, WebhookNotification, Provider } from "../provider.ts";
import { createReceiver, handleWebhooks, subscribeWebhooks, webhookAddress, type ReceivedEvent } from "./index.ts";

const publicUrl = new URL("https://app.example.com");
const delivery: WebhookDelivery = { headers: {}, body: Buffer.from("{}") };

/** A provider of which only this much is known here. */
const provider = (parts: Partial<Provider>) =>
  ({ id: "acme", grants: "many", client: { id: "c", mode: "live" }, ...parts }) as Provider;

const registry = (acme: Provider | undefined): Registry =>
  new Map([["acme", { id: "acme", name: "Acme", listPermissions: () => [], fields: [], methods: [], provider: acme }]]);

const webhooks = (notification: WebhookNotification) =>
  provider({ webhooks: { receive: () => notification, read: () => ({ type: "ended", account: "A1" }) } });

function memory() {
  const stored: ReceivedEvent[] = [];
  const concerns: unknown[] = [];
  return {
    stored,
    concerns,
    store: async (event: ReceivedEvent) => void stored.push(event),
    next: async (concernOf: (event: ReceivedEvent) => unknown) => {
      const events = stored.splice(0, 2);
      concerns.push(...events.map((event) => concernOf(event)));
      return events.length;
    },
  };
}

describe("receiving", () => {
  test("receiving stores an event with its raw body, and gives a challenge back without storing it", async () => {
    const events = memory();
    const event = createReceiver({ registry: registry(webhooks({ type: "event", id: "1", topic: "t" })), events });
    await event.receive("acme", delivery);
    expect(events.stored).toEqual([{ provider: "acme", id: "1", topic: "t", body: delivery.body }]);
    const asked = createReceiver({ registry: registry(webhooks({ type: "challenge", answer: { a: "b" } })), events });
    expect(await asked.receive("acme", delivery)).toEqual({ type: "challenge", answer: { a: "b" } });
    expect(events.stored).toHaveLength(1);
  });

  test.each([
    ["nobody", registry(undefined), "provider_unknown"],
    ["acme", registry(undefined), "provider_not_configured"],
    ["acme", registry(provider({})), "provider_not_configured"],
  ])("receiving of %s is refused where there is nothing to check it with", async (id, known, code) => {
    const receiver = createReceiver({ registry: known, events: memory() });
    expect(() => receiver.admit(id)).toThrow(expect.objectContaining({ code }));
    await expect(receiver.receive(id, delivery)).rejects.toMatchObject({ code });
  });
});

test("handling reads until nothing waits, and means nothing by events of a provider that is no longer set up", async () => {
  const events = memory();
  for (const id of ["1", "2", "3"]) await events.store({ provider: "acme", id, topic: "t", body: delivery.body });
  await events.store({ provider: "gone", id: "4", topic: "t", body: delivery.body });
  await handleWebhooks({ registry: registry(webhooks({ type: "event", id: "", topic: "" })), events });
  const concern = { type: "ended", account: "A1", client: { id: "c", mode: "live" } };
  expect(events.concerns).toEqual([concern, concern, concern, undefined]);
});

test("an address is a connection's own where grants live side by side, and the account's where they do not", () => {
  expect(webhookAddress(publicUrl, provider({}), "1")).toBe("https://app.example.com/api/v1/webhooks/acme/1");
  expect(webhookAddress(publicUrl, provider({ grants: "one per account" }), "1")).toBe(
    "https://app.example.com/api/v1/webhooks/acme",
  );
});

describe("subscribing", () => {
  const asked: string[] = [];
  const fresh = (failure?: Error) => async () => ({
    provider: provider({
      subscribe: async (_credentials, address) => {
        asked.push(address);
        if (failure) throw failure;
      },
    }),
    credentials: { metadata: {} },
  });

  test("subscribing registers the address, if the credential still lives", async () => {
    await subscribeWebhooks({ publicUrl, getUsable: fresh() }, "1");
    expect(asked).toEqual(["https://app.example.com/api/v1/webhooks/acme/1"]);
    expect(await subscribeWebhooks({ publicUrl, getUsable: async () => undefined }, "1")).toBeUndefined();
  });

  test.each(["access_denied", "scope_missing", "needs_reconnect", "connection_unknown"] as const)(
    "subscribing gives up where the answer is %s: no other try brings another",
    async (code) => {
      const refusal = new ConnectError(code, "a free plan");
      expect(await subscribeWebhooks({ publicUrl, getUsable: fresh(refusal) }, "1")).toBe(refusal);
    },
  );

  test.each([
    new ConnectError("provider_unavailable", "down"),
    new ConnectError("provider_misbehaved", "a maintenance page"),
    new ConnectError("provider_misconfigured", "invalid_client"),
    new Error("a bug"),
  ])("subscribing throws what may pass, so that it is tried again: $message", async (failure) => {
    await expect(subscribeWebhooks({ publicUrl, getUsable: fresh(failure) }, "1")).rejects.toBe(failure);
  });
});
