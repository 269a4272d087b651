import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { loopbackUrl } from "../../webhooks/loopback.ts";

const events = z.enum([
  "invitee.created",
  "invitee.canceled",
  "invitee_no_show.created",
  "invitee_no_show.deleted",
  "routing_form_submission.created",
]);

/** What a new subscription needs. */
export const newSubscriptionSchema = z.object({
  /** Calendly demands HTTPS. The sandbox accepts http too, for addresses of this machine. */
  url: z.url({ protocol: /^https$/ }).or(loopbackUrl),
  events: z.array(events).min(1),
  organization: z.string(),
  scope: z.enum(["user", "organization"]),
  user: z.string().optional(),
  signing_key: z.string().min(1).optional(),
});

/** A webhook subscription. */
export interface CalendlySubscription extends z.infer<typeof newSubscriptionSchema> {
  readonly uuid: string;
  readonly creator: string;
  readonly createdAt: string;
}

/** The webhook subscriptions of all users. */
export interface CalendlySubscriptionStore {
  list(): CalendlySubscription[];
  find(uuid: string): CalendlySubscription | undefined;
  /** Returns undefined if a subscription has this URL already. */
  add(subscription: Omit<CalendlySubscription, "uuid" | "createdAt">): CalendlySubscription | undefined;
  drop(uuid: string): void;
  clear(): void;
}

/** Creates an empty store of subscriptions. */
export function createCalendlySubscriptions(clock: Clock): CalendlySubscriptionStore {
  const byUuid = new Map<string, CalendlySubscription>();
  const urls = new Set<string>();
  return {
    list: () => [...byUuid.values()],
    find: (uuid) => byUuid.get(uuid),
    add: (fields) => {
      if (urls.has(fields.url)) return undefined;
      const subscription = { ...fields, uuid: randomUUID(), createdAt: formatTime(clock.now()) };
      byUuid.set(subscription.uuid, subscription);
      urls.add(fields.url);
      return subscription;
    },
    drop: (uuid) => {
      urls.delete(byUuid.get(uuid)?.url ?? "");
      byUuid.delete(uuid);
    },
    clear: () => {
      byUuid.clear();
      urls.clear();
    },
  };
}

/** Formats a time with microseconds, as Calendly does. */
export const formatTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");
