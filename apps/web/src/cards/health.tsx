import type { Connection, HealthReason } from "@patchbay/api/router";
import { inert } from "../inert.ts";

const words = {
  active: { badge: "Working", tone: "good" },
  needs_reconnect: { badge: "Needs reconnecting", tone: "warn" },
  revoked: { badge: "Access withdrawn", tone: "bad" },
  disconnecting: { badge: "Disconnecting", tone: "idle" },
  paused: { badge: "Paused", tone: "warn" },
} as const satisfies Record<Connection["status"] | "paused", { badge: string; tone: string }>;

/** Of an account that works, and may not for long. */
const ending = { badge: "Ends soon", tone: "warn" } as const;

export type Tone = (typeof words)[keyof typeof words]["tone"];

type Health = Pick<Connection, "status" | "reason">;

export const healthOf = (health: Health): { badge: string; tone: Tone } =>
  words[isPaused(health) ? "paused" : health.status];

export function HealthBadge({ connection }: { connection: Connection }) {
  const { badge, tone } = endsSoon(connection) ? ending : healthOf(connection);
  return <span className={`badge ${tone}`}>{badge}</span>;
}

/**
 * Whether the account is closed at the provider for now, or its app is not set up here: it works again by itself, and
 * reconnecting would not help.
 */
export function isPaused({ reason }: Pick<Connection, "reason">): boolean {
  return reason === "account_paused" || reason === "provider_not_configured";
}

/** Whether an account does not work. */
export function ails({ status }: Health): boolean {
  return status === "needs_reconnect" || status === "revoked";
}

const reasons = {
  grant_ended: (name) => `${name} ended our access.`,
  refresh_lost: (name) => `A renewal with ${name} was cut off.`,
  superseded: (name) => `Another connection of this ${name} account took its place.`,
  removed_at_provider: (name) => `The app was removed at ${name}.`,
  account_paused: (name, label) => `${inert(label)} is paused at ${name}. It works again when it is reopened there.`,
  account_gone: (name) => `It was paused at ${name} for 30 days.`,
  provider_not_configured: (name) => `${name} is not set up here as it was. This account works again when it is.`,
  scope_missing: () => "Some permissions were left out.",
} satisfies Record<HealthReason, (name: string, label: string) => string>;

/** A provider, and whether its accounts can be connected here now. */
type Asked = { name: string; configured: boolean };

/** Why an account does not work, and what helps. A reason the page has no sentence for is not shown raw. */
export function ailment({ label, ...health }: Health & Pick<Connection, "label">, { name, configured }: Asked): string {
  const { status, reason } = health;
  if (status === "disconnecting") return `Our access at ${name} is being given back.`;
  const withdrawn = status === "revoked";
  const general = withdrawn ? `Access was withdrawn at ${name}.` : `${name} no longer accepts this connection.`;
  const why = isReason(reason) ? reasons[reason](name, label) : general;
  if (isPaused(health)) return why;
  if (!configured) return `${why} It cannot be reconnected now: ask the people who run this site.`;
  return `${why} ${withdrawn ? "It cannot be used until you reconnect it." : "Reconnect to use it again."}`;
}

export function isReason(reason: string | null): reason is HealthReason {
  return reason !== null && Object.hasOwn(reasons, reason);
}

/** So long before an end it is told on the card. */
const AHEAD = 14 * 86_400_000;

/** What to know of an account that works: that it may not do everything, or that its access may end soon. */
export function warning(connection: Connection, now = Date.now()): string | undefined {
  const { status, reason, endsAt } = connection;
  if (status !== "active") return undefined;
  if (reason === "scope_missing") return "Some permissions were left out when this account was connected last.";
  if (endsAt === null || !endsSoon(connection, now)) return undefined;
  const left = Date.parse(endsAt) - now;
  const day = new Date(endsAt).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `Access ${left > 0 ? `ends on ${day}` : "may end any moment"} unless it can be renewed.`;
}

/** What helps against that. */
export const adviceFor = ({ reason }: Connection): string =>
  reason === "scope_missing" ? "Reconnect it and allow all of them." : "Reconnect to be safe.";

export function endsSoon({ status, endsAt }: Connection, now = Date.now()): boolean {
  return status === "active" && endsAt !== null && Date.parse(endsAt) - now < AHEAD;
}
