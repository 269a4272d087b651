import { sql, type Kysely, type RawBuilder, type Transaction } from "kysely";
import type { AffectedAccount, ReceivedEvent, WebhookEvents } from "../webhooks/index.ts";
import { now, seconds } from "./clock.ts";
import type { Pooled } from "./database.ts";
import { addJob, queueFunction, webhooksJob } from "./jobs.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";
import type { Database } from "./schema.ts";

/** An event that waits. `settled`: it has waited long enough for a connect that may be about to store its account. */
type Waiting = Omit<ReceivedEvent, "id"> & { id: string; settled: boolean };

const maxEventsAtOnce = 500;
const patienceSeconds = 90;

/** The received events in PostgreSQL. */
export function createWebhookEvents(db: Pooled): WebhookEvents {
  const store = prepareStatement(db, (argument: ArgumentOf<ReceivedEvent>) =>
    db
      .with("event", (query) =>
        query
          .insertInto("webhook_event")
          .values({
            provider: argument(({ provider }) => provider),
            event_id: argument(({ id }) => id),
            topic: argument(({ topic }) => topic),
            body: argument(({ body }) => body),
          })
          .onConflict((conflict) => conflict.columns(["provider", "event_id"]).doNothing())
          .returning("id"),
      )
      .selectFrom("event")
      .select(addHandling.as("job"))
      .where(sql<boolean>`not ${handlingWaits}`),
  );
  return {
    store: async (event) => void (await store(event)),
    next: (findAffected) =>
      db.transaction().execute(async (transaction) => {
        const waiting = await lockWaiting(transaction);
        if (waiting.length > 0) await handle(transaction, waiting, findAffected);
        return waiting.length;
      }),
  };
}

/** One job reads many events: it has a key of its own, by which it is found at once among any number of jobs. */
const addHandling: RawBuilder<unknown> = sql`(${queueFunction("add_job")}(${webhooksJob}, job_key := ${webhooksJob})).id`;

/** Whether a job is yet to begin. A job that runs may have read before the event was there. */
const handlingWaits: RawBuilder<boolean> = sql`exists (
  select from ${sql.table("graphile_worker.jobs")} j
  where j.key = ${webhooksJob} and j.locked_at is null and j.run_at <= now() and j.attempts < j.max_attempts)`;

/** Takes the events in the order in which they came, except those that another process holds at this moment. */
async function lockWaiting(db: Transaction<Database>): Promise<Waiting[]> {
  return await db
    .selectFrom("webhook_event")
    .select(["id", "provider", "topic", "body"])
    .select(sql<boolean>`received_at <= now() - ${seconds(patienceSeconds)}`.as("settled"))
    .where("handled_at", "is", null)
    .where("due_at", "<=", now)
    .orderBy("due_at")
    .orderBy("id")
    .limit(maxEventsAtOnce)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** An account that an event is about. */
interface Concern {
  event: string;
  settled: boolean;
  type: AffectedAccount["type"];
  provider: string;
  client_id: string;
  mode: string;
  account: string;
}

/**
 * Adds the jobs and marks the events. The body is emptied: it may be about people who have nothing to do with us, and the
 * rest is enough to know the event again.
 */
async function handle(
  db: Transaction<Database>,
  waiting: readonly Waiting[],
  findAffected: (event: Waiting) => AffectedAccount | undefined,
): Promise<void> {
  const concerns = waiting.flatMap((event) => describe(event, findAffected(event)));
  await db
    .with("concern", (query) => query.selectFrom(asRows(concerns)).selectAll())
    .with("found", (query) =>
      query
        .selectFrom("concern")
        .innerJoin("credential as k", (join) =>
          join
            .onRef("k.provider", "=", "concern.provider")
            .onRef("k.external_id", "=", "concern.account")
            .onRef("k.client_id", "=", "concern.client_id")
            .onRef("k.mode", "=", "concern.mode"),
        )
        .select(["concern.event", "concern.type", "k.id", "k.status"]),
    )
    .with("early", (query) =>
      query
        .selectFrom("concern")
        .select("event")
        .where("type", "=", "ended")
        .where("settled", "=", false)
        .where(sql<boolean>`not exists (select from found where found.event = concern.event)`),
    )
    .with("later", (query) =>
      query
        .updateTable("webhook_event")
        .set({ due_at: nextLook })
        .where("id", "in", (select) => select.selectFrom("early").select("event")),
    )
    .with("handled", (query) =>
      query
        .updateTable("webhook_event")
        .set({ handled_at: now, body: Buffer.of() })
        .where(sql<boolean>`id = any(${waiting.map(({ id }) => id)}::bigint[])`)
        .where(sql<boolean>`not exists (select from early where event = id)`),
    )
    .selectNoFrom([
      addJobs("check", sql`found.type = 'ended' and found.status in ('active', 'needs_reconnect')`).as("checking"),
      addJobs("erase", sql`found.type = 'erase'`).as("erasing"),
    ])
    .execute();
}

/** Looks again at growing distances, the last time when the event's patience is at an end. */
const nextLook: RawBuilder<Date> = sql`
  least(now() + greatest(${seconds(2)}, now() - received_at), received_at + ${seconds(patienceSeconds)})`;

function describe({ id, provider, settled }: Waiting, affected: AffectedAccount | undefined): Concern[] {
  if (affected === undefined) return [];
  const { type, account, client } = affected;
  return [{ event: id, settled, type, provider, client_id: client.id, mode: client.mode, account }];
}

/** The concerns as rows of a statement. */
function asRows(concerns: readonly Concern[]) {
  return sql<Concern>`jsonb_to_recordset(${JSON.stringify(concerns)}::jsonb)`.as<"c">(
    sql`c (event bigint, settled boolean, type text, provider text, client_id text, mode text, account text)`,
  );
}

/** Adds jobs in the order of their credentials, so that two processes never wait for each other. */
function addJobs(job: "check" | "erase", fits: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select count(due.id) from (
    select ${addJob(job, sql`ordered.id`)} as id
    from (select distinct id from found where ${fits} order by id) ordered) due)`;
}

/** Adds the job if events wait and none is planned: a job that was about to end has overlooked them, or has died. */
export async function wakeWebhooks(db: Kysely<Database>): Promise<void> {
  await db
    .selectNoFrom(addHandling.as("job"))
    .where((is) =>
      is.exists(
        is
          .selectFrom("webhook_event")
          .select("id")
          .where("handled_at", "is", null)
          .where("due_at", "<", sql<Date>`now() - interval '2 seconds'`),
      ),
    )
    .where(sql<boolean>`not ${handlingWaits}`)
    .execute();
}

/** Deletes events that were handled a month ago; no provider sends one again after that. Gives how many. */
export async function purgeEvents(db: Kysely<Database>): Promise<number> {
  const aMonthAgo = sql<Date>`now() - interval '30 days'`;
  const { numDeletedRows } = await db
    .deleteFrom("webhook_event")
    .where("received_at", "<", aMonthAgo)
    .where("handled_at", "<", aMonthAgo)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
