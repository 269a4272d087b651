import { type QueryCreator, type RawBuilder, sql } from "kysely";
import type { Database } from "./schema.ts";
import { countUse, limitedUntil, type RateLimit } from "./rate-limits.ts";

/** How many codes may be sent: to each recipient in an hour, and by the whole installation in a minute. */
export interface CodeLimits {
  perRecipient: number;
  perMinute: number;
}

const recipientLimit = ({ perRecipient }: CodeLimits): RateLimit => ({
  kind: "code_to_recipient",
  max: perRecipient,
  seconds: 3600,
});
const installationLimit = ({ perMinute }: CodeLimits): RateLimit => ({
  kind: "code_of_installation",
  max: perMinute,
  seconds: 60,
});

/** A common table expression with a row if a code is about to be sent: the fingerprint of its recipient. */
export type Recipient = { recipient: { code_recipient: Buffer } };

/**
 * Counts a code for each row of `recipient`. `counted` has a row if the code may be sent. A code that the recipient's limit
 * refuses does not count for the installation; one that the installation's limit refuses does not count for the recipient.
 */
export function withCountedCode(
  query: QueryCreator<Database & Recipient>,
  limits: CodeLimits,
  provider: RawBuilder<string>,
) {
  const all = hashText(provider);
  return query
    .with("to_one", (one) =>
      countUse(
        one,
        recipientLimit(limits),
        one
          .selectFrom("recipient")
          .select("code_recipient as subject")
          .where(limitedUntil(installationLimit(limits), all), "is", null)
          .as("counting"),
      ),
    )
    .with("counted", (one) =>
      countUse(one, installationLimit(limits), one.selectFrom("to_one").select(all.as("subject")).as("counting")),
    );
}

/** When another code may be sent to the recipient: null if it may be sent now. */
export function codesLimitedUntil(
  limits: CodeLimits,
  { recipient, provider }: { recipient: RawBuilder<Buffer | null>; provider: RawBuilder<string> },
): RawBuilder<Date | null> {
  return sql`greatest(${limitedUntil(recipientLimit(limits), recipient)}, ${limitedUntil(installationLimit(limits), hashText(provider))})`;
}

function hashText(text: RawBuilder<string>): RawBuilder<Buffer> {
  return sql`sha256(convert_to(${text}, 'utf8'))`;
}
