import { InvalidRequest } from "../control/invalid-request.ts";
import type { Patch } from "../patch.ts";
import type { PeopleStore, Person } from "../people-store.ts";
import type { Forgery } from "./event-order.ts";

/** The headers of a webhook. */
export type WebhookHeaders = Readonly<Record<string, string>>;

/** A signed webhook. Every retry and every duplicate has the same bytes. */
export interface WebhookDelivery {
  readonly provider: string;
  readonly event: string;
  readonly id: string;
  readonly url: string;
  readonly headers: WebhookHeaders;
  readonly body: string;
  /** How long the provider waits for the response. */
  readonly deadlineMs: number;
  /** What is wrong with this delivery, if one order asks for several forgeries. */
  readonly forged?: string;
  /** Whether the response is the one that the event expects. */
  readonly validates?: (answer: string) => boolean;
}

/** The deliveries of one event. */
export type WebhookDeliveries = readonly WebhookDelivery[];

/** An event to build and sign. */
export interface EventOrder {
  readonly event: string;
  readonly person?: string | undefined;
  readonly shop?: string | undefined;
  readonly account?: string | undefined;
  readonly at: number;
  /** The index among several events of one order. */
  readonly nth?: number;
  readonly id?: string | undefined;
  readonly to?: string | undefined;
  readonly forge?: Forgery | undefined;
  readonly patch?: Patch | undefined;
}

/** Builds the webhooks of one provider. */
export interface WebhookBuilder {
  /** Builds a delivery for each address that hears of the event. */
  buildDeliveries(order: EventOrder): WebhookDeliveries | Promise<WebhookDeliveries>;
}

/** The person and the account that an event is about. */
export interface EventSubject<P extends Person> {
  readonly person: P;
  /** The account that was named. It may be an account that no person has. */
  readonly account: string | undefined;
}

/** Finds the person that an event is about. */
export function findEventSubject<P extends Person>(people: PeopleStore<P>, order: EventOrder): EventSubject<P> {
  const account = order.shop ?? order.account;
  const known = order.person === undefined ? account && people.findByAccount(account) : people.findPerson(order.person);
  if (order.person !== undefined && !known) throw new InvalidRequest(`There is no person "${order.person}".`);
  const person = known || people.listSeeded()[0];
  if (person === undefined) throw new InvalidRequest("There is nobody to send an event about.");
  return { person, account };
}
