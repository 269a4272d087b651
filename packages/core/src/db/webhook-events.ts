import { sql, type Kysely, type RawBuilder, type Transaction } from "kysely";
import type { AffectedAccount, ReceivedEvent, WebhookEvents } from "../webhooks/index.ts";
import { seconds } from "./clock.ts";
import { addJob, webhooksJob } from "./jobs.ts";
import { prepared } from "./prepared.ts";
import type { Database } from "./schema.ts";
import type { Pooled } from "./database.ts";

type Waiting = Omit<ReceivedEvent, "id"> & { id: string; settled: boolean };

const batch = 500;
/** Seconds that an event waits for the connect that may be about to store its account. */
const patience = 90;

export function createWebhookEvents(db: Pooled): WebhookEvents {
  const stored = prepared(
    db,
    (argument) => sql`
      with event as (
        insert into webhook_event (provider, event_id, topic, body)
        values (${argument(0)}, ${argument(1)}, ${argument(2)}, ${argument(3)})
        on conflict (provider, event_id) do nothing
        returning id)
      select ${addHandling} from event where not ${handlingWaits}`,
  );
  return {
    async store({ provider, id, topic, body }) {
      await stored(provider, id, topic, body);
    },
    next: (concernOf) =>
      db.transaction().execute(async (transaction) => {
        const waiting = await take(transaction);
        if (waiting.length > 0) await settle(transaction, waiting, concernOf);
        return waiting.length;
      }),
  };
}

/** One job reads many events: it has a key of its own, by which it is found at once among however many. */
const addHandling: RawBuilder<unknown> = sql`(graphile_worker.add_job(${webhooksJob}, job_key := ${webhooksJob})).id`;

/** Whether a job is yet to begin. One that runs may have looked before the event was there. */
const handlingWaits: RawBuilder<boolean> = sql`exists (
  select from graphile_worker.jobs j
  where j.key = ${webhooksJob} and j.locked_at is null and j.run_at <= now() and j.attempts < j.max_attempts)`;

/** In the order in which they came; those that another process reads at this moment are its own. */
async function take(db: Transaction<Database>): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select id, provider, topic, body, received_at <= now() - ${seconds(patience)} as settled
    from webhook_event
    where handled_at is null and look_at <= now()
    order by look_at, id limit ${batch}
    for update skip locked`.execute(db);
  return rows;
}

/**
 * Adds the jobs and marks the events. The body goes: it may be about people who have nothing to do with us, and what is
 * left is enough to know the event again.
 */
async function settle(
  db: Transaction<Database>,
  waiting: readonly Waiting[],
  concernOf: (event: Waiting) => AffectedAccount | undefined,
): Promise<void> {
  const concerns = waiting.flatMap((event) => describe(event, concernOf(event)));
  await sql`
    with concern as (
      select * from jsonb_to_recordset(${JSON.stringify(concerns)}::jsonb) as c
        (event bigint, settled boolean, type text, provider text, client_id text, mode text, account text)),
    found as (
      select concern.event, concern.type, k.id, k.status
      from concern join credential k
        on k.provider = concern.provider and k.external_id = concern.account
        and k.client_id = concern.client_id and k.mode = concern.mode),
    early as (
      select event from concern
      where type = 'ended' and not settled and not exists (select from found where found.event = concern.event)),
    later as (
      update webhook_event set look_at = ${nextLook} where id in (select event from early)),
    handled as (
      update webhook_event set handled_at = now(), body = ''
      where id = any(${waiting.map(({ id }) => id)}::bigint[]) and not exists (select from early where event = id))
    select
      ${jobs("check", sql`found.type = 'ended' and found.status in ('active', 'needs_reconnect')`)} as checking,
      ${jobs("erase", sql`found.type = 'erase'`)} as erasing`.execute(db);
}

/** At growing distances, the last time when its patience is at an end. */
const nextLook: RawBuilder<unknown> = sql`
  least(now() + greatest(${seconds(2)}, now() - received_at), received_at + ${seconds(patience)})`;

function describe({ id, provider, settled }: Waiting, concern: AffectedAccount | undefined): object[] {
  if (concern === undefined) return [];
  const { type, account, client } = concern;
  return [{ event: id, settled, type, provider, client_id: client.id, mode: client.mode, account }];
}

/** In one order everywhere, so that two processes never wait for each other. */
function jobs(job: "check" | "erase", fits: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select count(due.id) from (
    select ${addJob(job, sql`ordered.id`)} as id
    from (select distinct id from found where ${fits} order by id) ordered) due)`;
}

/** Adds the job where events wait and none is to come: a job that was about to end has overlooked them, or died. */
export async function wakeWebhooks(db: Kysely<Database>): Promise<void> {
  await sql`
    select ${addHandling}
    where exists (
        select from webhook_event where handled_at is null and look_at < now() - interval '2 seconds')
      and not ${handlingWaits}`.execute(db);
}

/** Forgets events that were handled a month ago; no provider sends one again after that. Gives how many. */
export async function purgeEvents(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from webhook_event
    where received_at < now() - interval '30 days' and handled_at < now() - interval '30 days'`.execute(db);
  return Number(numAffectedRows ?? 0);
}
