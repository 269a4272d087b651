import type { Claim, Connection } from "../connect/index.ts";
import { ConnectError, isFailureCode, type FailureCode, type SignedInAccount } from "../errors.ts";
import type { AttemptStatus } from "./schema.ts";

/** How an attempt stood, and what was claimed of it: null where another has it. */
export interface ClaimRow {
  id: Buffer | null;
  provider: string;
  redirect_uri: string;
  status: AttemptStatus | "lost" | null;
  failure: string | null;
  signed_in: SignedInAccount | null;
  /** The ticket's two minutes are over. */
  stale: boolean | null;
  notes: Buffer | null;
  returned: Buffer | null;
  connection: Connection;
}

/** Reads such a row. `unknown` is thrown for an attempt that is not there, or that has nothing to claim. */
export function readClaim(row: ClaimRow | undefined, unknown: FailureCode): Claim {
  if (!row?.id || row.status === null) throw new ConnectError(unknown, "no attempt fits");
  const { id, provider, notes, returned } = row;
  if (notes && returned) {
    return { type: "acquired", attempt: { id, provider, redirectUri: row.redirect_uri, notes, returned } };
  }
  switch (row.status) {
    case "connected":
      return { type: "connected", connection: row.connection };
    case "failed":
      return readFailed(row);
    case "lost":
      return { type: "failed", failure: "outcome_unknown", account: undefined };
    case "walking":
    case "started":
      throw new ConnectError(unknown, "the attempt has not returned");
    case "returned":
      if (row.stale) throw new ConnectError(unknown, "the ticket has run out");
      return { type: "busy", id };
    case "claimed":
      return { type: "busy", id };
  }
}

/** How an attempt failed, and which account the user had signed in to. */
export function readFailed({ failure, signed_in }: Pick<ClaimRow, "failure" | "signed_in">) {
  const code = failure !== null && isFailureCode(failure) ? failure : "outcome_unknown";
  return { type: "failed", failure: code, account: signed_in ?? undefined } as const;
}
