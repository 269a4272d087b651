import { isServiceKey, unseal } from "./crypto.ts";
import { send, type Handler } from "./http.ts";
import { pool } from "./pool.ts";

const find = {
  name: "find",
  text: `
    select k.id, k.provider, k.status, k.secret, k.scopes, c.external_id, c.label, c.email,
           (extract(epoch from k.expires_at - now()) * 1000)::float8 as remaining
    from connection c join credential k on k.id = c.credential_id
    where c.id = $1`,
};

interface Row {
  id: string;
  provider: string;
  status: string;
  secret: Buffer;
  scopes: string[];
  external_id: string;
  label: string;
  email: string | null;
  remaining: number;
}

const audit = {
  name: "audit",
  text: `
    with reading as (
      select now() - make_interval(secs => age) as at, connection
      from unnest($1::float8[], $2::bigint[]) as r (age, connection)),
    audited as (
      insert into audit_event (at, actor, action, provider, connection_id)
      select at, 'service:bench', 'credential_read', 'zoom', connection from reading order by at),
    latest as (select connection, max(at) as at from reading group by connection),
    used as (
      select c.id, latest.at from connection c join latest on latest.connection = c.id
      where c.last_used_at is null or c.last_used_at < latest.at - interval '1 minute'
      order by c.id for no key update of c)
    update connection c set last_used_at = used.at from used where c.id = used.id`,
};

/** D: a token that works, for whoever has the service key. */
export function handOut(read: (connection: number) => void): Handler {
  return async (request, response) => {
    if (!isServiceKey(request.headers.authorization)) return send(response, 401, "{}");
    const connection = Number((request.url ?? "").split("/")[4]);
    const { rows } = await pool.query<Row>({ ...find, values: [connection] });
    const [row] = rows;
    if (row?.status !== "active" || row.remaining < 60_000) return send(response, 409, "{}");
    const secret = unseal(row.secret, `credential|${row.id}|secret|${row.provider}`);
    const { accessToken } = JSON.parse(secret) as { accessToken: string };
    read(connection);
    const { provider, scopes, external_id: id, label, email } = row;
    const expiresAt = new Date(Date.now() + row.remaining).toISOString();
    const account = { id, label, email };
    send(
      response,
      200,
      JSON.stringify({ type: "bearer", accessToken, connection, provider, scopes, account, expiresAt }),
    );
  };
}

/** The same audit as the product's: all readings of half a second in one statement. */
export function createAudit(): (connection: number) => void {
  let waiting: { at: number; connection: number }[] = [];
  setInterval(() => {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    const now = performance.now();
    const values = [batch.map(({ at }) => (now - at) / 1000), batch.map(({ connection }) => connection)];
    pool.query({ ...audit, values }).catch((failure: unknown) => console.error(failure));
  }, 500).unref();
  return (connection) => void waiting.push({ at: performance.now(), connection });
}
