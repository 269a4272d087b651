import type { Connection, HealthReason } from "@patchbay/api/router";
import { sanitize } from "../sanitize.ts";

const healthLabels = {
  active: { badge: "Working", tone: "good" },
  needs_reconnect: { badge: "Needs reconnecting", tone: "warn" },
  revoked: { badge: "Access withdrawn", tone: "bad" },
  disconnecting: { badge: "Disconnecting", tone: "idle" },
  paused: { badge: "Paused", tone: "warn" },
  pending: { badge: "Waiting", tone: "idle" },
  failing: { badge: "Not working", tone: "warn" },
} as const satisfies Record<Connection["status"] | "paused" | "failing", { badge: string; tone: string }>;

/** The label of an account that works now, and may stop working soon. */
const endsSoonLabel = { badge: "Ends soon", tone: "warn" } as const;

/** The colour in which an account's health is shown. */
export type HealthTone = (typeof healthLabels)[keyof typeof healthLabels]["tone"];

type Health = Pick<Connection, "status" | "reason">;

/** Gets the words and the colour for an account's health. */
export function getHealthLabel(health: Health): { badge: string; tone: HealthTone } {
  if (isPaused(health)) return healthLabels.paused;
  return healthLabels[health.reason === "refresh_failing" ? "failing" : health.status];
}

/** Shows an account's health in one or two words. */
export function HealthBadge({ connection }: { connection: Connection }) {
  const { badge, tone } = endsSoon(connection) ? endsSoonLabel : getHealthLabel(connection);
  return <span className={`badge ${tone}`}>{badge}</span>;
}

/**
 * Whether the account is closed at the provider for now, or its app is not set up here. Such an account works again by
 * itself, and to reconnect it would not help.
 */
export function isPaused({ reason }: Pick<Connection, "reason">): boolean {
  return reason === "account_paused" || reason === "provider_not_configured";
}

/** Whether an account does not work. */
export function needsAttention({ status }: Health): boolean {
  return status === "needs_reconnect" || status === "revoked";
}

const reasonSentences = {
  grant_ended: (name) => `${name} ended our access.`,
  refresh_lost: (name) => `A renewal with ${name} was cut off.`,
  superseded: (name) => `Another connection of this ${name} account took its place.`,
  refresh_failing: (name) => `${name} does not renew our access. We keep trying.`,
  removed_at_provider: (name) => `The app was removed at ${name}.`,
  account_paused: (name, label) => `${sanitize(label)} is paused at ${name}. It works again when it is reopened there.`,
  account_gone: (name) => `It was paused at ${name} for 30 days.`,
  provider_not_configured: (name) => `${name} is not set up here as it was. This account works again when it is.`,
  scope_missing: () => "Some permissions were left out.",
} satisfies Record<HealthReason, (name: string, label: string) => string>;

/** A provider's name, and whether its accounts can be connected here now. */
type ProviderState = { name: string; configured: boolean };

/** Describes why an account does not work, and what the user can do. An unknown reason is described in general words. */
export function describeProblem(
  { label, ...health }: Health & Pick<Connection, "label">,
  { name, configured }: ProviderState,
): string {
  const { status, reason } = health;
  if (status === "disconnecting") return `Our access at ${name} is being given back.`;
  const isRevoked = status === "revoked";
  const general = isRevoked ? `Access was withdrawn at ${name}.` : `${name} no longer accepts this connection.`;
  const cause = isHealthReason(reason) ? reasonSentences[reason](name, label) : general;
  if (isPaused(health)) return cause;
  if (!configured) return `${cause} It cannot be reconnected now: ask the people who run this site.`;
  if (reason === "refresh_failing") return `${cause} If it goes on, reconnect.`;
  return `${cause} ${isRevoked ? "It cannot be used until you reconnect it." : "Reconnect to use it again."}`;
}

/** Whether the page has a sentence for a reason that the API gave. */
export function isHealthReason(reason: string | null): reason is HealthReason {
  return reason !== null && Object.hasOwn(reasonSentences, reason);
}

/** How long before its end an access is shown to end soon. */
const warnAheadMs = 14 * 86_400_000;

/** Describes what an account that works cannot do, or that its access may end soon. `now` is in milliseconds since 1970. */
export function describeWarning(connection: Connection, now = Date.now()): string | undefined {
  const { status, reason, endsAt } = connection;
  if (status !== "active") return undefined;
  if (reason === "scope_missing") return "Some permissions were left out when this account was connected last.";
  if (endsAt === null || !endsSoon(connection, now)) return undefined;
  const leftMs = Date.parse(endsAt) - now;
  const day = new Date(endsAt).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `Access ${leftMs > 0 ? `ends on ${day}` : "may end any moment"} unless it can be renewed.`;
}

/** Describes what the user can do about a warning. */
export const describeAdvice = ({ reason }: Connection): string =>
  reason === "scope_missing" ? "Reconnect it and allow all of them." : "Reconnect to be safe.";

/** Whether the access of an account that works ends within 14 days. `now` is in milliseconds since 1970. */
export function endsSoon({ status, endsAt }: Connection, now = Date.now()): boolean {
  return status === "active" && endsAt !== null && Date.parse(endsAt) - now < warnAheadMs;
}
