import type { Claim, Connection } from "../connect/index.ts";
import { ConnectError, isFailureCode, type FailureCode, type SignedInAccount } from "../errors.ts";
import type { AttemptStatus } from "./schema.ts";

/** An attempt as a claim found it. What the claim took is null if another request has it. */
export interface ClaimRow {
  id: Buffer | null;
  provider: string;
  redirect_uri: string;
  status: AttemptStatus | "lost" | null;
  failure: string | null;
  signed_in: SignedInAccount | null;
  /** The ticket has expired. */
  stale: boolean | null;
  notes: Buffer | null;
  returned: Buffer | null;
  connection: Connection;
}

/** Reads a row as a claim. Throws `unknown` if there is no attempt, or nothing to claim. */
export function readClaim(row: ClaimRow | undefined, unknown: FailureCode): Claim {
  if (!row?.id || row.status === null) throw new ConnectError(unknown, "no attempt fits");
  const { id, provider, notes, returned } = row;
  if (notes && returned) {
    return {
      type: "acquired",
      attempt: { id, provider, redirectUri: row.redirect_uri, providerState: notes, response: returned },
    };
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
      throw new ConnectError(unknown, "the attempt has no response");
    case "returned":
      if (row.stale) throw new ConnectError(unknown, "the ticket has expired");
      return { type: "busy", id };
    case "claimed":
      return { type: "busy", id };
  }
}

/** Reads how an attempt failed, and which account the user had signed in to. */
export function readFailed({ failure, signed_in }: Pick<ClaimRow, "failure" | "signed_in">) {
  const code = failure !== null && isFailureCode(failure) ? failure : "outcome_unknown";
  return { type: "failed", failure: code, account: signed_in ?? undefined } as const;
}
