import { randomUUID } from "node:crypto";
import { accountCredentialId } from "@patchbay/core/connect";
import type { Credentials } from "@patchbay/core/provider";
import type { SeededGrant } from "@patchbay/sandbox/client";
import type { ProviderFacts } from "./providers.ts";
import type { World } from "./world.ts";

/** A connection of ours to a grant at the sandbox. */
export interface Connected {
  connection: number;
  credential: string;
  provider: ProviderFacts;
  grant: SeededGrant;
}

export interface Order {
  provider: ProviderFacts;
  count: number;
  prefix: string;
  user?: string;
  /** In how many seconds each is to be looked after. Absent: not at all. */
  keepIn?: () => number;
}

/** Has grants minted, and stores them as connecting would have. */
export async function connectMany(world: World, { provider, count, prefix, user, keepIn }: Order) {
  const grants = count === 0 ? [] : await world.control.seedGrants({ provider: provider.id, count, prefix });
  const connected: Connected[] = [];
  for (let from = 0; from < grants.length; from += batch) {
    const rows = grants.slice(from, from + batch).map((grant) => rowOf(world, provider, grant));
    connected.push(...(await store(world, { rows, provider, user: user ?? (await world.user()), keepIn })));
  }
  return connected;
}

const batch = 1000;

type Row = { id: string; grant: SeededGrant; secret: Buffer };

function rowOf({ seals }: World, provider: ProviderFacts, grant: SeededGrant): Row {
  const id = provider.shared ? accountCredentialId(provider, grant.account) : randomUUID();
  const { accessToken, refreshToken, expiresIn } = grant;
  const held: Credentials = {
    ...(accessToken !== undefined && provider.keepsTokens && { accessToken }),
    ...(refreshToken !== undefined && provider.keepsTokens && { refreshToken }),
    ...(expiresIn !== null && { expiresAt: new Date(Date.now() + expiresIn * 1000) }),
    metadata: provider.place(grant),
  };
  return { id, grant, secret: seals.sealCredentials(held, { id, provider: provider.id }) };
}

type Storing = { rows: Row[]; provider: ProviderFacts; user: string; keepIn: (() => number) | undefined };

async function store({ pool }: World, { rows, provider, user, keepIn }: Storing): Promise<Connected[]> {
  const { id: name, client, shared } = provider;
  const accounts = rows.map(({ grant }) => grant.account);
  await pool.query(
    `insert into credential (id, provider, client_id, mode, external_id, shared, secret, expires_at)
     select id, $1, $2, $3, account, $4, secret, now() + make_interval(secs => lasts)
     from unnest($5::uuid[], $6::text[], $7::bytea[], $8::float8[]) as r (id, account, secret, lasts)`,
    [
      name,
      client.id,
      client.mode,
      shared,
      rows.map(({ id }) => id),
      accounts,
      rows.map(({ secret }) => secret),
      rows.map(({ grant }) => grant.expiresIn ?? null),
    ],
  );
  const { rows: made } = await pool.query<{ id: string; credential_id: string }>(
    `insert into connection (user_id, credential_id, provider, client_id, mode, external_id, label)
     select $1, id, provider, client_id, mode, external_id, external_id from credential
     where id = any($2::uuid[]) returning id, credential_id`,
    [user, rows.map(({ id }) => id)],
  );
  if (keepIn) await keep(pool, rows, keepIn);
  const grants = new Map(rows.map(({ id, grant }) => [id, grant]));
  return made.flatMap(({ id, credential_id: credential }) => {
    const grant = grants.get(credential);
    return grant ? [{ connection: Number(id), credential, provider, grant }] : [];
  });
}

/** The job that connecting plans. */
async function keep(pool: World["pool"], rows: Row[], keepIn: () => number): Promise<void> {
  await pool.query(
    `select patchbay_worker.add_job('keep', json_build_object('credential', id),
       run_at := now() + make_interval(secs => due), max_attempts := 19, job_key := 'keep:' || id)
     from unnest($1::text[], $2::float8[]) as r (id, due)`,
    [rows.map(({ id }) => id), rows.map(keepIn)],
  );
}

/** Lets access tokens end a moment ago, as far as nobody is renewing them. */
export async function expire({ pool }: World, credentials: readonly string[]): Promise<void> {
  await pool.query(
    `update credential set expires_at = now() - interval '1 second'
     where id = any($1::uuid[]) and lease_owner is null and status = 'active'`,
    [credentials],
  );
}
