import type { ColumnType, Generated } from "kysely";

type Moment = ColumnType<Date, Date, Date>;
type Stamped = Generated<Date>;

type CredentialStatus = "active" | "needs_reconnect" | "revoked" | "disconnecting";
export type AttemptStatus = "started" | "returned" | "walking" | "claimed" | "connected" | "failed";

/** The tables as Kysely knows them. The sign-in tables are better-auth's; of them only `session` is read here. */
export interface Database {
  session: { id: string; token: string; user_id: string; expires_at: Moment; updated_at: Moment };
  credential: {
    id: string;
    provider: string;
    client_id: string;
    mode: string;
    external_id: string | null;
    shared: boolean;
    secret: Buffer;
    scopes: string[];
    version: number;
    expires_at: Moment | null;
    status: CredentialStatus;
    reason: string | null;
    lease_owner: string | null;
    lease_until: Moment | null;
    issued_at: Stamped;
    refresh_sent_at: Moment | null;
    refresh_expires_at: Moment | null;
    failures: number;
    retry_at: Moment | null;
    paused_at: Moment | null;
    created_at: Stamped;
    updated_at: Stamped;
  };
  connection: {
    id: Generated<number>;
    user_id: string;
    credential_id: string;
    provider: string;
    external_id: string;
    label: string;
    email: string | null;
    details: Record<string, string>;
    connected_at: Stamped;
    last_used_at: Moment | null;
  };
  attempt: {
    id: Buffer;
    user_id: string;
    session_id: string;
    provider: string;
    status: AttemptStatus;
    expires_at: Moment;
    created_at: Stamped;
  };
  webhook_event: {
    id: Generated<string>;
    provider: string;
    event_id: string;
    topic: string;
    body: Buffer;
    received_at: Stamped;
    look_at: Stamped;
    handled_at: Moment | null;
  };
}
