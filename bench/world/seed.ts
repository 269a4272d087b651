import { createHash } from "node:crypto";
import { migrate, openDatabase } from "@patchbay/core/db";
import { createSeals, createVault, readKeyring, type Seals } from "@patchbay/core/vault";
import { Client } from "pg";
import { modeOf } from "./patchbay.ts";
import { accountsEach, providers, userId } from "./people.ts";
import { clientId, encryptionKey, encryptionKeyId } from "./secrets.ts";

/** So that statements find the tables without naming their schema. */
const searchPath = "-c search_path=patchbay";

/** How long the access token of a connection lasts from now on, in seconds. */
const day = 86_400;
const atOnce = 2_000;

export const seals: Seals = createSeals(
  createVault(readKeyring(`${encryptionKeyId}:${encryptionKey.toString("base64")}`)),
);

/** Fills an empty database as Patchbay would have: users with a session, and a connection each at every provider. */
export async function seed(url: string, users: number): Promise<void> {
  const database = openDatabase(url, { max: 1 });
  await migrate(database.db);
  await database.close();
  const client = new Client({ connectionString: url, options: searchPath });
  await client.connect();
  try {
    // The triggers would tell open pages, of which there are none.
    await client.query("set session_replication_role = replica");
    await addUsers(client, users);
    for (let from = 1; from <= users; from += atOnce)
      await addConnections(client, from, Math.min(users, from + atOnce - 1));
    await client.query(`select setval(pg_get_serial_sequence('connection', 'id'), $1)`, [users * accountsEach]);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

async function addUsers(client: Client, users: number): Promise<void> {
  await client.query(
    `insert into "user" (id, name, email)
     select 'user-' || lpad(n::text, 8, '0'), 'User ' || n, 'user-' || lpad(n::text, 8, '0') || '@example.com'
     from generate_series(1, $1::int) n`,
    [users],
  );
  await client.query(
    `insert into session (id, token, user_id, expires_at)
     select 'sid-' || n, 'session-' || lpad(n::text, 24, '0'), 'user-' || lpad(n::text, 8, '0'), now() + interval '6 days'
     from generate_series(1, $1::int) n`,
    [users],
  );
}

async function addConnections(client: Client, from: number, to: number): Promise<void> {
  const rows = Array.from({ length: to - from + 1 }, (_, at) => from + at).flatMap((user) =>
    providers.map((provider, at) => rowOf(user, { provider, at })),
  );
  await client.query(
    `insert into credential (id, provider, client_id, mode, external_id, shared, secret, scopes, expires_at)
     select id, provider, client_id, mode, external_id, shared, secret, string_to_array(scopes, ' '), now() + make_interval(secs => ${day})
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::bytea[], $8::text[])
       as r (id, provider, client_id, mode, external_id, shared, secret, scopes)`,
    columns(rows, ["id", "provider", "client", "mode", "account", "shared", "secret", "scopes"]),
  );
  await client.query(
    `insert into connection (id, user_id, credential_id, provider, client_id, mode, external_id, label, email, details)
     overriding system value
     select connection, user_id, id, provider, client_id, mode, external_id, label, label || '@example.com',
            jsonb_build_object('name', label, 'accountId', external_id)
     from unnest($1::bigint[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       as r (connection, user_id, id, provider, client_id, mode, external_id, label)`,
    columns(rows, ["connection", "user", "id", "provider", "client", "mode", "account", "label"]),
  );
}

type Row = ReturnType<typeof rowOf>;

const columns = (rows: Row[], names: (keyof Row)[]): unknown[] => names.map((name) => rows.map((row) => row[name]));

/** What each provider has granted: all that is asked for. */
const scopes = {
  calendly: "users:read",
  paypal: "openid email profile https://uri.paypal.com/services/paypalattributes",
  shopify: "read_products",
  stripe: "read_write",
  zoom: "user:read:user",
} as const satisfies Record<(typeof providers)[number], string>;

function rowOf(user: number, { provider, at }: { provider: (typeof providers)[number]; at: number }) {
  const id = credentialId(user, provider);
  const connection = (user - 1) * accountsEach + at + 1;
  return {
    id,
    provider,
    connection,
    user: userId(user),
    client: clientId(provider),
    mode: modeOf(provider),
    account: `${provider}-${user}`,
    label: `person-${user}`,
    scopes: scopes[provider],
    shared: !["paypal", "calendly"].includes(provider),
    secret: seals.sealCredentials(tokensOf(connection, day), { id, provider }),
  };
}

export function credentialId(user: number, provider: string): string {
  const hex = createHash("sha256").update(`${provider} ${user}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** Tokens as the mock provider knows them, and of the length that is usual. */
export function tokensOf(account: number, lasts: number) {
  return {
    accessToken: `at.s${account}.0.${"a".repeat(300)}`,
    refreshToken: `rt.s${account}.0.${"r".repeat(300)}`,
    expiresAt: new Date(Date.now() + lasts * 1000),
    metadata: {},
  };
}
