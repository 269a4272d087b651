import { verified } from "./crypto.ts";
import { cookie, send, type Handler } from "./http.ts";
import { connectionJson } from "./json.ts";
import { pool } from "./pool.ts";

const list = {
  name: "list",
  text: `
    select coalesce((
      select json_agg(${connectionJson} order by c.id)
      from connection c join credential k on k.id = c.credential_id
      where c.user_id = s.user_id), '[]')::text as json
    from session s where s.token = $1 and s.expires_at > now()`,
};

/** C: the session and its user's accounts in one statement, as PostgreSQL wrote them. */
export const listAccounts: Handler = async (request, response) => {
  const token = verified(cookie(request, "patchbay.session_token"));
  if (token === undefined) return send(response, 401, "{}");
  const { rows } = await pool.query<{ json: string }>({ ...list, values: [token] });
  if (rows[0] === undefined) return send(response, 401, "{}");
  send(response, 200, `[{"result":{"data":${rows[0].json}}}]`);
};
