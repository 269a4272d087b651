import { createHash } from "node:crypto";
import { clientId, clientSecret } from "../world/secrets.ts";
import { redirectUri } from "./begin.ts";
import { seal, secretText, sha256, unseal, verified } from "./crypto.ts";
import { cookie, read, redirect, send, type Handler } from "./http.ts";
import { connectionJson } from "./json.ts";
import { pool } from "./pool.ts";
import { call } from "./upstream.ts";

const keep = {
  name: "keep",
  text: `
    update attempt a
    set status = 'returned', authorization_response = $3, ticket_hash = $4, ticket_until = now() + interval '2 minutes'
    from session s
    where a.id = $1 and a.browser_hash = $2 and a.provider = 'zoom' and a.status = 'started' and a.expires_at > now()
      and s.id = a.session_id and s.token = $5 and s.expires_at > now()`,
};

const claim = {
  name: "claim",
  text: `
    update attempt a set status = 'claimed', claimed_until = now() + interval '40 seconds'
    from session s
    where a.ticket_hash = $1 and a.ticket_until > now() and a.browser_hash = $2 and a.provider = 'zoom' and a.status = 'returned'
      and s.token = $3 and s.expires_at > now() and s.id = a.session_id and s.user_id = a.user_id
    returning a.id, a.provider_state as notes, a.authorization_response as returned`,
};

const connect = {
  name: "connect",
  text: `
    with claimed as (
      select id, user_id from attempt where id = $1 and status = 'claimed' and claimed_until > now() for update),
    k as (
      insert into credential as old
        (id, provider, client_id, mode, external_id, shared, secret, scopes, expires_at, refresh_expires_at)
      select $2::uuid, 'zoom', $3, 'live', $4, true, $5, $6::text[], now() + make_interval(secs => $7::float8),
             now() + interval '90 days'
      from claimed
      on conflict (id) do update
      set secret = excluded.secret, scopes = excluded.scopes, expires_at = excluded.expires_at,
          refresh_expires_at = excluded.refresh_expires_at, version = old.version + 1, status = 'active'
      returning *),
    c as (
      insert into connection as old
        (user_id, credential_id, provider, client_id, mode, external_id, label, email, details)
      select claimed.user_id, k.id, 'zoom', k.client_id, k.mode, k.external_id, $8, $9, $10::jsonb from claimed, k
      on conflict (user_id, provider, client_id, mode, external_id) do update
      set credential_id = excluded.credential_id, label = excluded.label, connected_at = now()
      returning *),
    done as (
      update attempt set status = 'connected', connection_id = c.id, provider_state = null, authorization_response = null
      from c where attempt.id = $1),
    audited as (
      insert into audit_event (actor, action, provider, connection_id)
      select 'user:' || c.user_id, 'connected', 'zoom', c.id from c)
    select (select ${connectionJson} from c, k)::text as json,
           (select (patchbay_worker.add_job('keep', json_build_object('credential', k.id),
              run_at := now() + make_interval(secs => $7::float8 * 0.8), max_attempts := 19,
              job_key := 'keep:' || k.id)).id from k) as job`,
};

const place = (id: Buffer, column: string): string => `attempt|${id.toString("hex")}|${column}|zoom`;

/** B, the provider's return: kept sealed, and a ticket for the page. */
export const takeReturn: Handler = async (request, response) => {
  const token = verified(cookie(request, "patchbay.session_token"));
  const { searchParams } = new URL(request.url ?? "", "http://localhost");
  const id = sha256(searchParams.get("state") ?? "");
  const returned = seal(JSON.stringify({ code: searchParams.get("code") }), place(id, "returned"));
  const [ticket, browser] = [secretText(), sha256(cookie(request, "patchbay-browser"))];
  const { rowCount } = await pool.query({ ...keep, values: [id, browser, returned, sha256(ticket), token] });
  if (rowCount === 0) return send(response, 400, "{}");
  redirect(response, `/integrations?provider=zoom&zoom_code=${ticket}`);
};

type Claimed = { id: Buffer; notes: Buffer; returned: Buffer };

/** B, the page's request: the claim, the two calls, the connection. */
export const finish: Handler = async (request, response) => {
  const token = verified(cookie(request, "patchbay.session_token"));
  const { authCode } = JSON.parse((await read(request)).toString("utf8")) as { authCode: string };
  const browser = sha256(cookie(request, "patchbay-browser"));
  const { rows } = await pool.query<Claimed>({ ...claim, values: [sha256(authCode), browser, token] });
  if (rows[0] === undefined) return send(response, 404, "{}");
  const { tokens, person } = await ask(rows[0]);
  const stored = await pool.query<{ json: string }>({ ...connect, values: granted(rows[0].id, tokens, person) });
  send(response, 200, `{"success":true,"account":${stored.rows[0]?.json}}`);
};

const basic = `Basic ${Buffer.from(`${clientId("zoom")}:${clientSecret("zoom")}`).toString("base64")}`;

type Tokens = { access_token: string; refresh_token: string; expires_in: number; scope: string };
type Person = { id: string; email: string; display_name: string };

async function ask({ id, notes, returned }: Claimed): Promise<{ tokens: Tokens; person: Person }> {
  const { verifier } = JSON.parse(unseal(notes, place(id, "notes"))) as { verifier: string };
  const { code } = JSON.parse(unseal(returned, place(id, "returned"))) as { code: string };
  const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
  const tokens = await call<Tokens>("/zoom.us/oauth/token", basic, new URLSearchParams(form).toString());
  const person = await call<Person>("/api.zoom.us/v2/users/me", `Bearer ${tokens.access_token}`);
  return { tokens, person };
}

function granted(attempt: Buffer, tokens: Tokens, person: Person): unknown[] {
  const hash = createHash("sha256").update(`zoom|${person.id}`).digest("hex");
  const credential = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lasts } = tokens;
  const secret = seal(
    JSON.stringify({ accessToken, refreshToken, metadata: {} }),
    `credential|${credential}|secret|zoom`,
  );
  const about = [person.display_name, person.email, JSON.stringify({ name: person.display_name })];
  return [attempt, credential, clientId("zoom"), person.id, secret, tokens.scope.split(" "), lasts, ...about];
}
