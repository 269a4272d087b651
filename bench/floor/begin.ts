import { publicUrl, providerUrl } from "../contender/settings.ts";
import { clientId } from "../world/secrets.ts";
import { seal, secretText, sha256, verified } from "./crypto.ts";
import { cookie, redirect, send, type Handler } from "./http.ts";
import { pool } from "./pool.ts";

const open = {
  name: "open",
  text: `
    with caller as (select id, user_id from session where token = $1 and expires_at > now()),
    load as (
      select count(*) filter (where expires_at > now()
               and status in ('started', 'returned', 'awaiting_user', 'claimed')) as live,
             count(*) filter (where created_at > now() - interval '1 minute') as recent
      from attempt
      where user_id = (select user_id from caller) and created_at > now() - interval '11 minutes')
    insert into attempt (id, user_id, session_id, browser_hash, provider, redirect_uri, provider_state, expires_at)
    select $2, caller.user_id, caller.id, $3, 'zoom', $4, $5, now() + interval '10 minutes'
    from caller, load where load.live < 20 and load.recent < 30`,
};

export const redirectUri = `${publicUrl}/api/v1/channels/zoom/callback`;
const authorize = new URL("/zoom.us/oauth/authorize", providerUrl);
const query = { response_type: "code", client_id: clientId("zoom"), redirect_uri: redirectUri };
const address = `${authorize.href}?${new URLSearchParams(query).toString()}&code_challenge_method=S256`;

/** A: the session, the limits and the new attempt in one statement; then the address at the provider. */
export const begin: Handler = async (request, response) => {
  const token = verified(cookie(request, "patchbay.session_token"));
  if (token === undefined) return send(response, 401, "{}");
  const held = cookie(request, "patchbay-browser");
  const browser = held.length === 43 ? held : secretText();
  const [state, verifier] = [secretText(), secretText()];
  const id = sha256(state);
  const notes = seal(JSON.stringify({ verifier }), `attempt|${id.toString("hex")}|notes|zoom`);
  const { rowCount } = await pool.query({ ...open, values: [token, id, sha256(browser), redirectUri, notes] });
  if (rowCount === 0) return send(response, 429, "{}");
  const challenge = sha256(verifier).toString("base64url");
  const kept = `patchbay-browser=${browser}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax`;
  redirect(response, `${address}&state=${state}&code_challenge=${challenge}`, kept);
};
