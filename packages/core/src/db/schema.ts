import type { ColumnType, Generated, GeneratedAlways } from "kysely";
import type { SignedInAccount } from "../errors.ts";

/** A column: what the database says of it, and in `Type` what Kysely reads from it and writes to it. */
export interface Column<Type> {
  /** The name of its type in PostgreSQL. */
  readonly type: string;
  readonly isNullable: boolean;
  /** The database gives it a value if an insert gives none. */
  readonly hasDefault: boolean;
  /** Never set: it only carries the type. */
  readonly typescript?: Type;
}

type Json = Record<string, unknown>;
/** The driver reads a `bigint` as a string, for it may be greater than a number can be. */
type BigInteger = ColumnType<string, string | number, string | number>;

type CredentialStatus = "active" | "needs_reconnect" | "revoked" | "disconnecting";
export type ConnectSessionStatus = "open" | "opened" | "returned" | "connected" | "failed";
export type AttemptStatus = "started" | "returned" | "awaiting_user" | "claimed" | "connected" | "failed";

const column = <Type>(type: string): Column<Type> => ({ type, isNullable: false, hasDefault: false });
const nullable = <Type>(of: Column<Type>): Column<Type | null> => ({ ...of, isNullable: true });
const withDefault = <Type>({ type }: Column<Type>): Column<Generated<Type>> => ({
  type,
  isNullable: false,
  hasDefault: true,
});

const text = column<string>("text");
const textOf = <Value extends string>() => column<Value>("text");
const texts = column<string[]>("_text");
const uuid = column<string>("uuid");
const bytes = column<Buffer>("bytea");
const flag = column<boolean>("bool");
const integer = column<number>("int4");
const bigInteger = column<BigInteger>("int8");
const moment = column<Date>("timestamptz");
const jsonOf = <Value extends object>() => column<Value>("jsonb");
const identity: Column<GeneratedAlways<string>> = { type: "int8", isNullable: false, hasDefault: true };

/** The tables that better-auth reads and writes. */
const signInTables = {
  user: {
    id: text,
    name: text,
    email: nullable(text),
    email_verified: withDefault(flag),
    image: nullable(text),
    role: withDefault(textOf<"user" | "operator">()),
    created_at: withDefault(moment),
    updated_at: withDefault(moment),
    application: withDefault(text),
    external_id: nullable(text),
    contact_email: nullable(text),
  },
  session: {
    id: text,
    token: text,
    user_id: text,
    expires_at: moment,
    ip_address: nullable(text),
    user_agent: nullable(text),
    created_at: withDefault(moment),
    updated_at: withDefault(moment),
    connect_session_id: nullable(text),
    providers: nullable(texts),
  },
  account: {
    id: text,
    account_id: text,
    provider_id: text,
    user_id: text,
    access_token: nullable(text),
    refresh_token: nullable(text),
    id_token: nullable(text),
    access_token_expires_at: nullable(moment),
    refresh_token_expires_at: nullable(moment),
    scope: nullable(text),
    password: nullable(text),
    created_at: withDefault(moment),
    updated_at: withDefault(moment),
  },
  verification: {
    id: text,
    identifier: text,
    value: text,
    expires_at: moment,
    created_at: withDefault(moment),
    updated_at: withDefault(moment),
  },
};

/** What is connected: a credential for each grant, and for each user a connection to it. */
const connectionTables = {
  credential: {
    id: uuid,
    provider: text,
    client_id: text,
    mode: text,
    external_id: nullable(text),
    shared: flag,
    secret: bytes,
    scopes: withDefault(texts),
    version: withDefault(integer),
    expires_at: nullable(moment),
    status: withDefault(textOf<CredentialStatus>()),
    reason: nullable(text),
    lease_owner: nullable(uuid),
    lease_until: nullable(moment),
    issued_at: withDefault(moment),
    refresh_sent_at: nullable(moment),
    refresh_expires_at: nullable(moment),
    failures: withDefault(integer),
    retry_at: nullable(moment),
    paused_at: nullable(moment),
    created_at: withDefault(moment),
    updated_at: withDefault(moment),
  },
  connection: {
    id: identity,
    user_id: text,
    credential_id: uuid,
    previous_credential_id: nullable(uuid),
    provider: text,
    client_id: text,
    mode: text,
    external_id: text,
    label: text,
    email: nullable(text),
    details: withDefault(jsonOf<Record<string, string>>()),
    connected_at: withDefault(moment),
    last_used_at: nullable(moment),
    application: withDefault(text),
    tenant_id: nullable(text),
    tenant_name: nullable(text),
    tags: withDefault(jsonOf<Record<string, string>>()),
    custom_label: nullable(text),
    pending_until: nullable(moment),
  },
};

/** The runs of a connect flow, and what limits them. */
const attemptTables = {
  attempt: {
    id: bytes,
    user_id: nullable(text),
    session_id: text,
    browser_hash: bytes,
    provider: text,
    redirect_uri: text,
    reconnect_connection_id: nullable(bigInteger),
    status: withDefault(textOf<AttemptStatus>()),
    provider_state: nullable(bytes),
    authorization_response: nullable(bytes),
    ticket_hash: nullable(bytes),
    ticket_until: nullable(moment),
    claimed_until: nullable(moment),
    failure: nullable(text),
    connection_id: nullable(bigInteger),
    created_at: withDefault(moment),
    expires_at: moment,
    current_step: nullable(bytes),
    awaiting_scan: withDefault(flag),
    released_at: withDefault(moment),
    rate_limit_subject: nullable(bytes),
    version: withDefault(integer),
    signed_in_account: nullable(jsonOf<SignedInAccount>()),
    code_recipient: nullable(bytes),
    connect_session_id: nullable(text),
    needs_completion: withDefault(flag),
  },
  failed_verification: { user_id: text, subject: bytes, question: text, count: integer, expires_at: moment },
  rate_limit: { kind: text, subject: bytes, count: integer, expires_at: moment, retry_at: withDefault(moment) },
};

/** The visits in which a product's own users connect their accounts. */
const connectSessionTables = {
  connect_session: {
    id: text,
    application: text,
    service_key: text,
    user_id: text,
    token_hash: bytes,
    status: withDefault(textOf<ConnectSessionStatus>()),
    failure: nullable(text),
    connection_id: nullable(bigInteger),
    providers: texts,
    scopes: withDefault(jsonOf<Record<string, string[]>>()),
    tags: withDefault(jsonOf<Record<string, string>>()),
    tenant_id: nullable(text),
    tenant_name: nullable(text),
    return_url: nullable(text),
    locale: nullable(text),
    reconnect_connection_id: nullable(bigInteger),
    idempotency_key: nullable(text),
    request_hash: nullable(bytes),
    lifetime_seconds: integer,
    opened_at: nullable(moment),
    expires_at: moment,
    created_at: withDefault(moment),
  },
};

/** What the operator and the jobs need. */
const operationTables = {
  audit_event: {
    id: identity,
    at: withDefault(moment),
    actor: text,
    action: text,
    provider: text,
    connection_id: nullable(bigInteger),
    details: withDefault(jsonOf<Json>()),
  },
  webhook_event: {
    id: identity,
    provider: text,
    event_id: text,
    topic: text,
    body: bytes,
    received_at: withDefault(moment),
    due_at: withDefault(moment),
    handled_at: nullable(moment),
  },
  installation: { singleton: withDefault(flag), kind: textOf<"live" | "sandbox">(), canary: bytes },
  worker: { id: text, heartbeat_at: withDefault(moment) },
};

/** Every table of ours with every column, as the migrations leave them. A test compares it with the database. */
export const tables = {
  ...signInTables,
  ...connectionTables,
  ...attemptTables,
  ...connectSessionTables,
  ...operationTables,
};

/** What we read of tables that the job queue and Kysely make. `graphile_worker` stands for the schema of the queue (`schemas.ts`). */
export const foreignTables = {
  "graphile_worker.jobs": {
    key: nullable(text),
    attempts: column<number>("int2"),
    max_attempts: column<number>("int2"),
    locked_at: nullable(moment),
    run_at: moment,
  },
  "graphile_worker.migrations": { id: integer },
  kysely_migration: { name: column<string>("varchar") },
};

type Rows<Tables> = {
  [Table in keyof Tables]: {
    [Name in keyof Tables[Table]]: Tables[Table][Name] extends Column<infer Type> ? Type : never;
  };
};

/** The tables as Kysely knows them. */
export type Database = Rows<typeof tables & typeof foreignTables>;
