import { z } from "zod";
import { Misused } from "../control/misused.ts";
import { type Patch, patchSchema } from "../patch.ts";
import type { People, Person } from "../people.ts";
import { loopbackUrl } from "./loopback.ts";

export type Headers = Readonly<Record<string, string>>;

/** A webhook as it goes out, signed. Every retry and every duplicate has the same bytes. */
export interface Letter {
  readonly provider: string;
  readonly event: string;
  readonly id: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** How long the provider waits for the answer. */
  readonly deadlineMs: number;
  /** What is wrong with it, where one order asks for several forgeries. */
  readonly forged?: string;
  /** Whether the answer is what the event wants to hear. */
  readonly validates?: (answer: string) => boolean;
}

export type Letters = readonly Letter[];

/** What a forged delivery gets wrong; everything else about it is right. */
const forgery = z.enum(["unsigned", "signature", "body", "timestamp", "certificate"]);
export type Forgery = z.infer<typeof forgery>;

const moment = z.union([z.number(), z.iso.datetime({ offset: true })]).transform((value) => new Date(value).getTime());

/** What of an event can be chosen. Without a person, shop or account it is about the provider's first person. */
export const orderFields = {
  event: z.string().min(1),
  person: z.string().optional(),
  shop: z.string().optional(),
  /** The account as the provider names it; one that nobody has is taken as it is. */
  account: z.string().optional(),
  /** The moment which the signature claims, and at which it happened. */
  at: moment.optional(),
  id: z.string().min(1).optional(),
  to: loopbackUrl.optional(),
  forge: forgery.optional(),
  /** A merge patch on the event, before it is signed. */
  patch: patchSchema.optional(),
};

/** An event to write and sign. */
export interface Order {
  readonly event: string;
  readonly person?: string | undefined;
  readonly shop?: string | undefined;
  readonly account?: string | undefined;
  readonly at: number;
  /** Which one of many alike. */
  readonly nth?: number;
  readonly id?: string | undefined;
  readonly to?: string | undefined;
  readonly forge?: Forgery | undefined;
  readonly patch?: Patch | undefined;
}

/** The webhooks of one provider. */
export interface Hooks {
  /** A letter for each address that hears of the event. */
  write(order: Order): Letters | Promise<Letters>;
}

export interface Subject<P extends Person> {
  readonly person: P;
  /** The account that was named, also one that nobody has. */
  readonly account: string | undefined;
}

/** Whom an event is about. */
export function subjectOf<P extends Person>(people: People<P>, order: Order): Subject<P> {
  const account = order.shop ?? order.account;
  const known = order.person === undefined ? account && people.named(account) : people.find(order.person);
  if (order.person !== undefined && !known) throw new Misused(`There is no person "${order.person}".`);
  const person = known || people.all()[0];
  if (person === undefined) throw new Misused("There is nobody to send an event about.");
  return { person, account };
}
