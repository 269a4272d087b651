import type { Connection, ProviderCard } from "@patchbay/api/router";
import { buildConnectedMessage } from "../cards/connected-message.ts";
import { describeProblem, needsAttention } from "../cards/health.tsx";
import { findProviderName } from "../marks/marks.tsx";
import { sanitize } from "../sanitize.ts";
import type { Message } from "../ui/message.tsx";

/**
 * What happened to one account. `broke`: it worked, and does not work now. `still-broken`: it did not work, and now for
 * another reason. `accepted`: the product accepted what waited for it.
 */
export interface ListChange {
  type: "added" | "removed" | "broke" | "still-broken" | "recovered" | "accepted" | "disconnecting";
  connection: Connection;
}

type ConnectionList = readonly Connection[];

/** Compares two lists. */
export function findChanges(before: ConnectionList, after: ConnectionList): ListChange[] {
  const beforeById = new Map(before.map((connection) => [connection.id, connection]));
  const afterIds = new Set(after.map(({ id }) => id));
  const changed = after.flatMap((connection) => {
    const type = classifyChange(beforeById.get(connection.id), connection);
    return type === undefined ? [] : [{ type, connection }];
  });
  const removed = before.filter(({ id }) => !afterIds.has(id));
  return [...changed, ...removed.map((connection) => ({ type: "removed", connection }) as const)];
}

function classifyChange(before: Connection | undefined, after: Connection): ListChange["type"] | undefined {
  if (before === undefined) return "added";
  if (before.status === after.status && (after.status === "active" || before.reason === after.reason)) return undefined;
  if (needsAttention(after)) return before.status === "active" ? "broke" : "still-broken";
  if (after.status !== "active") return "disconnecting";
  return before.status === "pending" ? "accepted" : "recovered";
}

const changeVerbs = {
  removed: "disconnected",
  broke: "stopped working",
  "still-broken": "still does not work",
  recovered: "works again",
  accepted: "was accepted",
  disconnecting: "is being disconnected",
} as const satisfies Record<Exclude<ListChange["type"], "added">, string>;

/** Builds the message about a change. */
export function buildChangeMessage({ type, connection }: ListChange, providers: readonly ProviderCard[]): Message {
  const { provider, label } = connection;
  const found = providers.find(({ id }) => id === provider);
  const name = found?.name ?? findProviderName(provider) ?? "Account";
  if (type === "added") return buildConnectedMessage(name, connection);
  const isBroken = type === "broke" || type === "still-broken";
  const problem = isBroken ? ` ${describeProblem(connection, { name, configured: found?.configured ?? true })}` : "";
  return { text: `${name} ${changeVerbs[type]}: `, name: sanitize(label), more: `.${problem}` };
}

/** Merges messages into one, because the page has one live region. */
export function mergeMessages(messages: readonly Message[]): Message {
  const [first, ...others] = messages;
  if (first && others.length === 0) return first;
  if (messages.length > 3) return { text: `${messages.length} of your accounts have changed.` };
  return { text: messages.map(({ text, name = "", more = "." }) => `${text}${name}${more}`).join(" ") };
}
