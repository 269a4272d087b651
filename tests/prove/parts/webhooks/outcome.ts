import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../run/report.ts";
import type { Connected } from "../../world/grants.ts";
import { readHistory } from "../../world/history.ts";
import type { Stage } from "../../world/stage.ts";
import type { World } from "../../world/world.ts";
import { killsOf } from "../killing.ts";
import type { Endings } from "./endings.ts";
import type { Flood } from "./flood.ts";

/** A job that a kill cut short is free again within twenty seconds, and may then wait as long for a lease. */
const patienceMs = 180_000;

/** Waits until everything was read, and every question that it raised was answered. */
export async function settle({ progress }: Stage, { pool }: World): Promise<void> {
  for (const began = performance.now(); performance.now() - began < patienceMs; await sleep(1000)) {
    const { rows } = await pool.query<{ waiting: number; checks: number }>(
      `select (select count(*)::int from webhook_event where handled_at is null) as waiting,
              (select count(*)::int from patchbay_worker.jobs where task_identifier = 'check') as checks`,
    );
    const { waiting = 0, checks = 0 } = rows[0] ?? {};
    progress.show(`webhooks: ${waiting} to be read, ${checks} accounts to be asked about`);
    if (waiting + checks === 0) return;
  }
}

export async function judgeEvents({ pool }: World, { events }: Flood, report: Report): Promise<void> {
  const { rows } = await pool.query<{ provider: string; stored: number; handled: number }>(
    `select provider, count(*)::int as stored, count(handled_at)::int as handled from webhook_event group by provider`,
  );
  const stored = new Map(rows.map((row) => [row.provider, row]));
  const wanted = [...events].map(([provider, count]) => ({ provider, count, ...stored.get(provider) }));
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const expected = wanted.reduce((sum, { count }) => sum + count, 0);
  report.exactly("events stored", { value: total((row) => row.stored), wanted: expected, evidence: wanted });
  report.none(
    "providers with an event lost, or stored twice",
    wanted.filter(({ count, stored: kept = 0 }) => kept !== count),
  );
  report.exactly("events handled", { value: total((row) => row.handled), wanted: expected, evidence: rows });
  const { rows: again } = await pool.query(
    "select event, count(*)::int as times from prove_handled group by event having count(*) > 1",
  );
  report.none("events handled more than once", again);
}

interface Ended {
  credential: string;
  provider: string;
  status: string;
  reason: string | null;
  notices: number;
}

async function endedOf({ pool }: World, connected: readonly Connected[]): Promise<Ended[]> {
  const { rows } = await pool.query<Ended>(
    `select k.id as credential, k.provider, k.status, k.reason,
       (select count(*)::int from audit_event a where a.connection_id = c.id
        and a.action in ('revoked', 'needs_reconnect')) as notices
     from connection c join credential k on k.id = c.credential_id where c.id = any($1::bigint[])`,
    [connected.map(({ connection }) => connection)],
  );
  return rows;
}

export async function judgeEndings(world: World, { removed, living }: Endings, report: Report): Promise<void> {
  const [gone, kept, cut] = [await endedOf(world, removed), await endedOf(world, living), await cutShort(world)];
  const strict = new Set(
    [...removed, ...living].filter(({ provider }) => provider.strict).map(({ credential }) => credential),
  );
  const isLost = ({ credential }: Ended) => strict.has(credential) && cut.has(credential);
  // Where a kill cut the question short, what ended the account cannot be told from tokens that were lost with it.
  const isEnded = (one: Ended) =>
    one.notices === 1 && (one.status === "revoked" || (one.reason === "refresh_lost" && isLost(one)));
  report.tell("accounts removed at their provider", removed.length);
  report.none(
    "of these, not revoked with one notice",
    gone.filter((one) => !isEnded(one)),
  );
  report.tell(
    "of these, called refresh_lost for a kill",
    gone.filter(({ reason }) => reason === "refresh_lost").length,
  );
  const changed = kept.filter(({ status, notices }) => status !== "active" || notices > 0);
  report.tell("accounts that live, of which events say that they ended", living.length);
  report.none(
    "of these, changed without a kill between sending and storing",
    changed.filter((one) => !isLost(one)),
  );
  report.tell("of these, lost to a kill at a strict provider", changed.filter(isLost).length);
}

/** Credentials whose refresh was under way when its process was killed. */
async function cutShort(world: World): Promise<Set<string>> {
  const kills = killsOf(world);
  const byCredential = Map.groupBy(await readHistory(world.pool), ({ credential }) => credential);
  const cut = [...byCredential].filter(([, moments]) =>
    moments.some(({ kind, process, version }, at) => {
      const answered = moments.slice(at + 1).some((later) => later.process === process && later.version >= version);
      return kind === "sent" && kills.has(process) && !answered;
    }),
  );
  return new Set(cut.map(([credential]) => credential));
}
