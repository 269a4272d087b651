import { findApp } from "../connect/index.ts";
import type { Credentials, Provider } from "../provider.ts";
import { createFresh } from "./fresh.ts";
import { hand, type Ask } from "./hand.ts";
import { check, erase, keep } from "./keep.ts";
import type { RefreshParts } from "./refresh.ts";

/** Credentials once they are stored: handed out, kept alive, and found out about. */
export function createCredentials(parts: RefreshParts) {
  const fresh = createFresh(parts);
  return {
    hand: (connection: number, ask: Ask) => hand({ ...parts, fresh }, connection, ask),
    /** The jobs. */
    keep: (id: string) => keep(parts, id),
    check: (id: string) => check(parts, { id, job: "check" }),
    supersede: (id: string) => check(parts, { id, job: "supersede" }),
    erase: (id: string) => erase(parts, id),
    /** Credentials that work, with their provider, for a call of our own. Undefined: there are none any more. */
    async use(id: string): Promise<{ provider: Provider; credentials: Credentials } | undefined> {
      const standing = await parts.store.read(id);
      const provider = standing && findApp(parts.registry, standing);
      if (provider === undefined || standing?.status !== "active") return undefined;
      return { provider, credentials: (await fresh(standing)).credentials };
    },
  };
}

export type CredentialCalls = ReturnType<typeof createCredentials>;
