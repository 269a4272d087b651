import { sql, type RawBuilder } from "kysely";
import type { CompletingSession } from "../connect/index.ts";
import type { ConnectSessionState } from "../connect-sessions/index.ts";
import { isFailureCode } from "../errors.ts";

/** A connect session `s` as statements give it. */
export interface SessionStateRow {
  id: string;
  status: ConnectSessionState["status"];
  failure: string | null;
  connection_id: string | null;
  expires_at: Date;
}

/** The status of a connect session `s`: one that ran out before anything came of it is expired. */
export const shownSessionStatus: RawBuilder<ConnectSessionState["status"]> = sql`
  case when s.status in ('open', 'opened', 'returned') and s.expires_at <= now() then 'expired' else s.status end`;

/** Reads the connect session whose back end completes an attempt. Null: the attempt is complete by itself. */
export function readCompletingSession(row: {
  sessionId: string | null;
  returnUrl: string | null;
}): CompletingSession | null {
  const { sessionId: id, returnUrl } = row;
  return id === null || returnUrl === null ? null : { id, returnUrl };
}

/** Reads how a connect session stands. */
export function readSessionState(row: SessionStateRow): ConnectSessionState {
  const { failure } = row;
  return {
    id: row.id,
    status: row.status,
    failure: failure !== null && isFailureCode(failure) ? failure : null,
    connection: row.connection_id === null ? null : Number(row.connection_id),
    expiresAt: row.expires_at.toISOString(),
  };
}
