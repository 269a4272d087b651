import { expect, test } from "vitest";
import type { Registry } from "../registry.ts";
import type { Provider } from "../provider.ts";
import { createSeals, createVault, readKeyring } from "../vault/index.ts";
import { issueCredential } from "./issue-credential.ts";
import type { CredentialStore, ConnectionCredential } from "./credential-store.ts";

const ring = (byte: number) =>
  createSeals(createVault(readKeyring(`k${byte}:${Buffer.alloc(32, byte).toString("base64")}`)));

test("a process that lacks the key keeps what is lent from nobody", async () => {
  const place = { id: "1", provider: "acme" };
  const secret = ring(1).sealCredentials({ metadata: { session: "s" } }, place);
  const found = {
    ...place,
    clientId: "app",
    mode: "live",
    status: "active",
    application: "",
    secret,
  } as ConnectionCredential;
  const lent: string[] = [];
  const store = {
    findByConnection: async () => found,
    acquireExclusiveLease: async (id: string) => {
      lent.push(id);
      return { type: "acquired", until: new Date(0) } as const;
    },
  } as Partial<CredentialStore> as CredentialStore;
  const provider = {
    id: "acme",
    client: { id: "app", mode: "live" },
    buildPayload: ({ metadata }) => ({ type: "bearer", accessToken: "", metadata, api: { baseUrl: "", headers: {} } }),
  } as Provider;
  const registry: Registry = new Map([
    [
      "acme",
      { ...place, name: "", listPermissions: () => [], fields: [], methods: [], exclusiveLease: true, provider },
    ],
  ]);
  const fresh = async () => {
    throw new Error("what is lent is not refreshed");
  };
  const ask = (seals: ReturnType<typeof ring>) =>
    issueCredential({ store, registry, seals, getUsable: fresh, report: () => {}, trackInBackground: () => {} }, 7, {
      application: "",
      isAllowed: () => true,
    });
  await expect(ask(ring(2))).rejects.toMatchObject({ name: "SealBroken" });
  expect(lent).toEqual([]);
  expect(await ask(ring(1))).toMatchObject({
    metadata: { session: "s" },
    lease: { until: "1970-01-01T00:00:00.000Z" },
  });
  expect(lent).toEqual(["1"]);
});
