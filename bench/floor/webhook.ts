import { isSigned } from "./crypto.ts";
import { read, send, type Handler } from "./http.ts";
import { pool } from "./pool.ts";

const store = {
  name: "store",
  text: `
    with event as (
      insert into webhook_event (provider, event_id, topic, body) values ('stripe', $1, $2, $3)
      on conflict (provider, event_id) do nothing
      returning id)
    select patchbay_worker.add_job('webhooks', job_key := 'webhooks') from event
    where not exists (
      select from patchbay_worker.jobs j
      where j.key = 'webhooks' and j.locked_at is null and j.run_at <= now() and j.attempts < j.max_attempts)`,
};

/** F: the signature over the raw bytes, then the event and its job in one statement. */
export const takeWebhook: Handler = async (request, response) => {
  const body = await read(request);
  if (!isSigned(String(request.headers["stripe-signature"]), body)) return send(response, 400, "{}");
  const { id, type } = JSON.parse(body.toString("utf8")) as { id: string; type: string };
  await pool.query({ ...store, values: [id, type, body] });
  send(response, 200, '{"received":true}');
};
