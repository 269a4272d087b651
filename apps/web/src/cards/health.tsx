import type { Connection } from "@patchbay/api/router";
import { isFailureCode, sentence } from "../sentences.ts";

const words = {
  active: { badge: "Working", tone: "good" },
  needs_reconnect: { badge: "Needs reconnecting", tone: "warn" },
  revoked: { badge: "Access withdrawn", tone: "bad" },
  disconnecting: { badge: "Disconnecting", tone: "idle" },
} as const satisfies Record<Connection["status"], { badge: string; tone: string }>;

export type Tone = (typeof words)[Connection["status"]]["tone"];

export const healthOf = (status: Connection["status"]): { badge: string; tone: Tone } => words[status];

export function HealthBadge({ status }: { status: Connection["status"] }) {
  const { badge, tone } = words[status];
  return <span className={`badge ${tone}`}>{badge}</span>;
}

/** Whether a new walk with the same account would help. */
export function ails(connection: Connection): boolean {
  return connection.status === "needs_reconnect" || connection.status === "revoked";
}

/** Why an account does not work. A reason the page has no sentence for is not shown raw. */
export function ailment(connection: Connection, name: string): string {
  if (connection.status === "revoked") return `Access was withdrawn at ${name}. Reconnect the account to use it again.`;
  const { reason } = connection;
  if (reason !== null && isFailureCode(reason)) return sentence({ code: reason }, name);
  return sentence({ code: "needs_reconnect" }, name);
}
