import { sql, type RawBuilder } from "kysely";
import { countOne, freeAgain, type Quota } from "./tally.ts";

/** How many codes may be sent: to each recipient in an hour, and by the whole installation in a minute. */
export interface CodeLimits {
  perRecipient: number;
  perMinute: number;
}

const toOne = ({ perRecipient: most }: CodeLimits): Quota => ({ kind: "code to one", most, seconds: 3600 });
const inAll = ({ perMinute: most }: CodeLimits): Quota => ({ kind: "code in all", most, seconds: 60 });

/**
 * Counts a code that is about to be sent: common table expressions of which `counted` has a row where it may be sent. The
 * recipient's come first: who is refused for that takes nothing from all the others, and who is refused because of all the
 * others is not counted as sent to.
 */
export function countCode(limits: CodeLimits, { reaches, provider, rows }: Sending): RawBuilder<unknown> {
  const free = sql`${freeAgain(inAll(limits), subjectOf(provider))} is null`;
  return sql`
    recipient as (select ${reaches} as reaches ${rows}),
    to_one as (${countOne(toOne(limits), sql`recipient.reaches`, sql`from recipient where ${free}`)}),
    counted as (${countOne(inAll(limits), subjectOf(provider), sql`from to_one`)})`;
}

/** When another code may be sent there: null where it may be now. */
export function freeForCode(limits: CodeLimits, { reaches, provider }: Omit<Sending, "rows">): RawBuilder<unknown> {
  return sql`greatest(${freeAgain(toOne(limits), reaches)}, ${freeAgain(inAll(limits), subjectOf(provider))})`;
}

interface Sending {
  /** The fingerprint of whom the code reaches. */
  reaches: unknown;
  provider: unknown;
  /** The end of a select list, with a row where all else is well. */
  rows: RawBuilder<unknown>;
}

function subjectOf(provider: unknown): RawBuilder<unknown> {
  return sql`sha256(convert_to(${provider}, 'utf8'))`;
}
