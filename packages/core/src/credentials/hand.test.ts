import { expect, test } from "vitest";
import type { Registry } from "../connect/index.ts";
import type { Provider } from "../provider.ts";
import { createSeals, createVault, readKeyring } from "../vault/index.ts";
import { hand } from "./hand.ts";
import type { CredentialStore, Found } from "./store.ts";

const ring = (byte: number) =>
  createSeals(createVault(readKeyring(`k${byte}:${Buffer.alloc(32, byte).toString("base64")}`)));

test("a process that lacks the key keeps what is lent from nobody", async () => {
  const place = { id: "1", provider: "acme" };
  const secret = ring(1).sealCredentials({ place: { session: "s" } }, place);
  const found = { ...place, clientId: "app", mode: "live", status: "active", secret } as Found;
  const lent: string[] = [];
  const store = {
    find: async () => found,
    lend: async (id: string) => {
      lent.push(id);
      return { type: "lent", until: new Date(0) } as const;
    },
  } as Partial<CredentialStore> as CredentialStore;
  const provider = {
    id: "acme",
    client: { id: "app", mode: "live" },
    hand: ({ place }) => ({ type: "bearer", accessToken: "", place }),
  } as Provider;
  const registry: Registry = new Map([
    ["acme", { ...place, name: "", gives: "", opening: [], ways: [], lends: true, provider }],
  ]);
  const fresh = async () => {
    throw new Error("what is lent is not refreshed");
  };
  const ask = (seals: ReturnType<typeof ring>) =>
    hand({ store, registry, seals, fresh, report: () => {}, outlives: () => {} }, 7, { may: () => true });
  await expect(ask(ring(2))).rejects.toMatchObject({ name: "SealBroken" });
  expect(lent).toEqual([]);
  expect(await ask(ring(1))).toMatchObject({ place: { session: "s" }, lease: { until: "1970-01-01T00:00:00.000Z" } });
  expect(lent).toEqual(["1"]);
});
