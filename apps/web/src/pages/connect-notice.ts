import type { Connection, ProviderCard } from "@patchbay/api/router";
import { buildConnectedMessage } from "../cards/connected-message.ts";
import { findExpectedAccount } from "../cards/expected-account.ts";
import type { FinishResult } from "../finish-connect.ts";
import { findProviderName } from "../marks/marks.tsx";
import { isConnectPage } from "../page-session.ts";
import { sanitize } from "../sanitize.ts";
import { describeFailure, describeOtherAccount, type Failure } from "../sentences.ts";
import type { Message } from "../ui/message.tsx";

/** The lists that the page has loaded. */
export interface LoadedLists {
  providers: readonly ProviderCard[];
  connections: readonly Connection[];
}

/** What the user should know about the last connect flow. Stands on the provider's card, or above all cards without one. */
export interface ConnectNotice {
  provider: string | undefined;
  sentence: string;
  /** The connection that was to be reconnected, where the user signed in to another account. */
  expected?: Connection | undefined;
}

/** How the page tells the result of a return: by a message, or by a notice that stays. */
export type ConnectReport =
  | { type: "connected"; message: Message; provider: string }
  | { type: "notice"; notice: ConnectNotice };

/** Finds the name of a provider, in the list or among the names that this page knows. */
export function findNameInList(providers: readonly ProviderCard[], id: string | undefined): string | undefined {
  return providers.find((provider) => provider.id === id)?.name ?? findProviderName(id);
}

/** Puts the result of a return into words. */
export function buildReport(result: FinishResult, lists: LoadedLists): ConnectReport {
  if (result.type === "connected") return reportConnected(result.connection, lists);
  if (result.type === "failed") return { type: "notice", notice: buildFailureNotice(result, lists) };
  return reportUnconfirmed(result.provider, lists);
}

function reportConnected(connection: Connection, { providers }: LoadedLists): ConnectReport {
  const name = findNameInList(providers, connection.provider) ?? "Account";
  return { type: "connected", provider: connection.provider, message: buildConnectedMessage(name, connection) };
}

function buildFailureNotice(
  { provider, failure }: Extract<FinishResult, { type: "failed" }>,
  { providers, connections }: LoadedLists,
): ConnectNotice {
  const name = findNameInList(providers, provider);
  if (failure.code === "unauthenticated") return buildInterruptionNotice(provider, name);
  const expected = failure.code === "account_mismatch" && connections.find(({ id }) => id === findExpectedAccount());
  if (!expected) return { provider, sentence: describeFailure(failure, name) };
  return {
    provider: expected.provider,
    expected,
    sentence: describeMismatch(failure, { name: name ?? "the provider", expected: expected.label }),
  };
}

function describeMismatch({ account }: Failure, { name, expected }: { name: string; expected: string }): string {
  if (account) return describeOtherAccount(account, { code: "account_mismatch", name, expected });
  return `You signed in to another ${name} account. ${sanitize(expected)} was not reconnected.`;
}

/** The address says that the account is connected. Only the list can confirm that. */
function reportUnconfirmed(provider: string, lists: LoadedLists): ConnectReport {
  const newest = lists.connections
    .filter((connection) => connection.provider === provider && connection.status === "active")
    .toSorted((a, b) => b.connectedAt.localeCompare(a.connectedAt))[0];
  if (newest) return reportConnected(newest, lists);
  const name = findNameInList(lists.providers, provider) ?? "the account";
  return {
    type: "notice",
    notice: { provider, sentence: `No account of ${name} has arrived here. Connect it again to be sure.` },
  };
}

/** Builds the notice for a user whose session ended on the way back from a provider. The flow belonged to that session. */
export function buildInterruptionNotice(provider: string | undefined, name = "the account"): ConnectNotice {
  if (isConnectPage())
    return { provider, sentence: `This return from ${name} belongs to an earlier visit. Connect it again.` };
  return { provider, sentence: `You were signed out on the way, so ${name} is not connected yet. Connect it again.` };
}
