import type { Connection, ProviderCard } from "@patchbay/api/router";
import { connectedMessage } from "../cards/connected.ts";
import { expectedAccount } from "../cards/expected.ts";
import { inert } from "../inert.ts";
import type { Landing, Settled } from "../landing.ts";
import { nameOf } from "../marks/marks.tsx";
import { type Failure, sentence, signedInAs } from "../sentences.ts";
import type { Message } from "../ui/message.tsx";

/** What the page knows when it judges a return. */
export interface Known {
  providers: readonly ProviderCard[];
  connections: readonly Connection[];
}

/** Something about a provider that stays on its card, or above the cards where the provider is unknown. */
export interface News {
  provider: string | undefined;
  sentence: string;
  /** The account that was to be renewed, where another one came back. */
  expected?: Connection | undefined;
}

export type Outcome = { type: "connected"; message: Message; provider: string } | { type: "news"; news: News };

export function nameIn(providers: readonly ProviderCard[], id: string | undefined): string | undefined {
  return providers.find((provider) => provider.id === id)?.name ?? nameOf(id);
}

/** Turns what came of a return into words. */
export function outcomeOf(landing: Settled, known: Known): Outcome {
  if (landing.type === "connected") return connected(landing.connection, known);
  if (landing.type === "failed") return { type: "news", news: failed(landing, known) };
  return hinted(landing.provider, known);
}

function connected(connection: Connection, { providers }: Known): Outcome {
  const name = nameIn(providers, connection.provider) ?? "Account";
  return { type: "connected", provider: connection.provider, message: connectedMessage(name, connection) };
}

function failed({ provider, failure }: Extract<Landing, { type: "failed" }>, { providers, connections }: Known): News {
  const name = nameIn(providers, provider);
  if (failure.code === "unauthenticated") return interruption(provider, name);
  const expected = failure.code === "account_mismatch" && connections.find(({ id }) => id === expectedAccount());
  if (!expected) return { provider, sentence: sentence(failure, name) };
  return {
    provider: expected.provider,
    expected,
    sentence: mismatch(failure, { name: name ?? "the provider", expected: expected.label }),
  };
}

function mismatch({ account }: Failure, { name, expected }: { name: string; expected: string }): string {
  if (account) return signedInAs(account, { code: "account_mismatch", name, expected });
  return `You signed in to another ${name} account. ${inert(expected)} was not reconnected.`;
}

/** The address says that it went well. The list decides. */
function hinted(provider: string, known: Known): Outcome {
  const newest = known.connections
    .filter((connection) => connection.provider === provider && connection.status === "active")
    .toSorted((a, b) => b.connectedAt.localeCompare(a.connectedAt))[0];
  if (newest) return connected(newest, known);
  const name = nameIn(known.providers, provider) ?? "the account";
  return {
    type: "news",
    news: { provider, sentence: `No account of ${name} has arrived here. Connect it again to be sure.` },
  };
}

/** The user came back from a provider signed out: the walk belonged to the session that is gone. */
export function interruption(provider: string | undefined, name = "the account"): News {
  return { provider, sentence: `You were signed out on the way, so ${name} is not connected yet. Connect it again.` };
}
