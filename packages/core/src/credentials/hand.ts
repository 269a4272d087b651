import { randomUUID } from "node:crypto";
import { providerOfApp } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import type { Handed, Provider } from "../provider.ts";
import type { RefreshParts } from "./refresh.ts";
import { refuseEnded, type Fresh } from "./fresh.ts";
import type { Found, Standing } from "./store.ts";

/** Who asks for a credential, and what of. */
export interface Ask {
  /** Whether the caller may have credentials of this provider; `lends`: of one that are lent to one holder at a time. */
  may(provider: string, lends: boolean): boolean;
  /** The lease from an earlier answer, to keep a lent credential for longer. */
  lease?: string | undefined;
}

/** A credential that works, for a product's back end. `expiresAt` is ISO 8601, null where there is no end. */
export type HandedOut = Handed & {
  connection: number;
  provider: string;
  scopes: string[];
  account: Found["account"];
  expiresAt: string | null;
  /** Until when the caller alone has it, and what to show to have it for longer. */
  lease?: { id: string; until: string };
};

const lentSeconds = 120;

type Parts = RefreshParts & { fresh(standing: Standing): Promise<Fresh> };

/**
 * Hands out the credential of a connection: one read, and a refresh only where the token does not last. Throws
 * `connection_unknown`, `needs_reconnect` with a reason, `too_many_requests` for what is lent to another, and
 * where a token that is over cannot be renewed, the failure that kept it from that.
 */
export async function hand(parts: Parts, connection: number, ask: Ask): Promise<HandedOut> {
  const found = await parts.store.find(connection);
  if (found === undefined) throw new ConnectError("connection_unknown", "no such connection");
  const lends = parts.registry.get(found.provider)?.lends === true;
  if (!ask.may(found.provider, lends)) throw new ConnectError("connection_unknown", "not a provider of this key");
  const provider = providerOfApp(parts.registry, found);
  if (lends) return await lend(parts, { found, provider, lease: ask.lease });
  const { standing, credentials } = await parts.fresh(found);
  return { ...provider.hand(credentials), ...told(found, standing.remaining) };
}

type Lending = { found: Found; provider: Provider; lease: string | undefined };

async function lend({ store, seals }: Parts, { found, provider, lease: previous }: Lending): Promise<HandedOut> {
  refuseEnded(found);
  const handed = provider.hand(seals.openCredentials(found.secret, found));
  const lease = randomUUID();
  const loan = await store.lend(found.id, { lease, previous }, lentSeconds);
  if (loan.type === "busy") {
    throw new ConnectError("too_many_requests", "lent to another holder", { retryAfter: loan.seconds, field: "lease" });
  }
  return { ...handed, ...told(found, null), lease: { id: lease, until: loan.until.toISOString() } };
}

function told({ connection, provider, scopes, account }: Found, remaining: number | null) {
  const expiresAt = remaining === null ? null : new Date(Date.now() + remaining).toISOString();
  return { connection, provider, scopes, account, expiresAt };
}
