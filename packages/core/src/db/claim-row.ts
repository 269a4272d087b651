import { sql } from "kysely";
import type { AttemptOutcome, Claim, Connection } from "../connect/index.ts";
import { ConnectError, isFailureCode, type FailureCode, type SignedInAccount } from "../errors.ts";
import type { AttemptStatus } from "./schema.ts";

/** An attempt as a claim found it; all of it is null if no attempt fits. */
export interface ClaimRow {
  id: Buffer | null;
  provider: string | null;
  redirect_uri: string | null;
  status: AttemptStatus | "lost" | null;
  failure: string | null;
  signed_in_account: SignedInAccount | null;
  /** The ticket has expired. */
  stale: boolean | null;
  /** What the claim took: null if another request has it. */
  provider_state: Buffer | null;
  authorization_response: Buffer | null;
  connection: Connection;
}

/** The status of the attempt in `table`: `lost` if its claim has run out, so that its outcome is unknown. */
export function claimStatus(table: "attempt" | "fit") {
  const [status, until] = [sql.ref(`${table}.status`), sql.ref(`${table}.claimed_until`)];
  return sql<
    AttemptStatus | "lost" | null
  >`case when ${status} = 'claimed' and ${until} < now() then 'lost' else ${status} end`;
}

/** Reads a row as a claim. Throws `unknown` if there is no attempt, or nothing to claim. */
export function readClaim(row: ClaimRow | undefined, unknown: FailureCode): Claim {
  if (!row?.id || row.provider === null || row.redirect_uri === null || row.status === null) {
    throw new ConnectError(unknown, "no attempt fits");
  }
  const {
    id,
    provider,
    redirect_uri: redirectUri,
    provider_state: providerState,
    authorization_response: response,
  } = row;
  if (providerState && response) {
    return { type: "acquired", attempt: { id, provider, redirectUri, providerState, response } };
  }
  switch (row.status) {
    case "connected":
      return { type: "connected", connection: row.connection };
    case "failed":
      return readFailed(row);
    case "lost":
      return { type: "failed", failure: "outcome_unknown", account: undefined };
    case "awaiting_user":
    case "started":
      throw new ConnectError(unknown, "the attempt has no response");
    case "returned":
      if (row.stale) throw new ConnectError(unknown, "the ticket has expired");
      return { type: "busy", id };
    case "claimed":
      return { type: "busy", id };
  }
}

/** Reads how an attempt failed, and which account the user had signed in to. */
export function readFailed({
  failure,
  signed_in_account,
}: Pick<ClaimRow, "failure" | "signed_in_account">): AttemptOutcome {
  const code = failure !== null && isFailureCode(failure) ? failure : "outcome_unknown";
  return { type: "failed", failure: code, account: signed_in_account ?? undefined };
}
