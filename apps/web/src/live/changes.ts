import type { Connection, ProviderCard } from "@patchbay/api/router";
import { ailment, ails } from "../cards/health.tsx";
import { connectedMessage } from "../cards/connected.ts";
import { inert } from "../inert.ts";
import { nameOf } from "../marks/marks.tsx";
import type { Message } from "../ui/message.tsx";

/** What became of one account. `fell`: it worked, and does no more. `ails`: it did not work, and now for another reason. */
export interface Change {
  type: "added" | "removed" | "fell" | "ails" | "well" | "leaving";
  connection: Connection;
}

type List = readonly Connection[];

export function changesBetween(before: List, after: List): Change[] {
  const were = new Map(before.map((connection) => [connection.id, connection]));
  const are = new Set(after.map(({ id }) => id));
  const changed = after.flatMap((connection) => {
    const type = typeOf(were.get(connection.id), connection);
    return type === undefined ? [] : [{ type, connection }];
  });
  const removed = before.filter(({ id }) => !are.has(id));
  return [...changed, ...removed.map((connection) => ({ type: "removed", connection }) as const)];
}

function typeOf(was: Connection | undefined, is: Connection): Change["type"] | undefined {
  if (was === undefined) return "added";
  if (was.status === is.status && (is.status === "active" || was.reason === is.reason)) return undefined;
  if (ails(is)) return was.status === "active" ? "fell" : "ails";
  return is.status === "active" ? "well" : "leaving";
}

const beginnings = {
  removed: "disconnected",
  fell: "stopped working",
  ails: "still does not work",
  well: "works again",
  leaving: "is being disconnected",
} as const satisfies Record<Exclude<Change["type"], "added">, string>;

export function messageOf({ type, connection }: Change, providers: readonly ProviderCard[]): Message {
  const { provider, label } = connection;
  const found = providers.find(({ id }) => id === provider);
  const name = found?.name ?? nameOf(provider) ?? "Account";
  if (type === "added") return connectedMessage(name, connection);
  const why =
    type === "fell" || type === "ails"
      ? ` ${ailment(connection, { name, configured: found?.configured ?? true })}`
      : "";
  return { text: `${name} ${beginnings[type]}: `, name: inert(label), more: `.${why}` };
}

/** Several messages as one, for there is one voice. */
export function together(messages: readonly Message[]): Message {
  const [first, ...others] = messages;
  if (first && others.length === 0) return first;
  if (messages.length > 3) return { text: `${messages.length} of your accounts have changed.` };
  return { text: messages.map(({ text, name = "", more = "." }) => `${text}${name}${more}`).join(" ") };
}
