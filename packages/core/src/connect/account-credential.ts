import { createHash } from "node:crypto";
import type { Provider } from "../provider.ts";

/** Derives the id of an account's only credential from its name (a UUID of RFC 9562, version 8), so that it is known in advance. */
export function accountCredentialId({ id, client }: Pick<Provider, "id" | "client">, externalId: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([id, client.id, client.mode, externalId]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
