import { setTimeout as sleep } from "node:timers/promises";
import { percentile, type Report } from "../../run/report.ts";
import { connectMany, type Connected } from "../../world/grants.ts";
import { readHistory } from "../../world/history.ts";
import type { ProviderName } from "../../world/providers.ts";
import type { Stage } from "../../world/stage.ts";
import { openWorld, type World } from "../../world/world.ts";
import { aimAt } from "./aim.ts";
import { keepAsking, type Asked } from "./asking.ts";
import { heldTwice, losses, sentAfterStored, sentWithoutKill, soonestTakeover, type Evidence } from "./judge.ts";
import { killsOf, whileKilling, type Killing } from "../killing.ts";
import { tryAll } from "../standing.ts";

/** How long access tokens live here, in seconds: a connection is renewed every quarter of a minute. */
const life = 20;
const shares: Partial<Record<ProviderName, number>> = { calendly: 0.3, zoom: 0.3, shopify: 0.2, paypal: 0.2 };
const mixed = Object.keys(shares) as ProviderName[];
/** A loss has to be seen within this after the kill that caused it. */
const seenWithinMs = 60_000;

type Run = { killing: Killing; asked: Asked; seconds: number };

/** Thousands of tokens run out while the processes that renew them are killed. */
export async function expiries(stage: Stage, report: Report): Promise<void> {
  const wanted = Math.round((stage.options.full ? 100_000 : 10_000) * stage.options.scale);
  await using world = await openWorld(stage, { name: "expiries", apis: 4, env: { WORKERS: "8" } });
  for (const provider of mixed) await world.control.changeProvider({ provider, accessTokenSeconds: life });
  const connections = await connectAll(stage, world, Math.min(3000, Math.max(400, wanted / 6)));
  const run = await expireUntil(stage, world, { wanted, connections });
  await settle(stage, world);
  await Promise.all(world.apis.map((api) => api.stop()));
  const { totals } = await world.control.listRefreshes();
  const evidence = await gather(stage, world, connections);
  const happened = await countExpiries(world);
  report.atLeast("expiries", { value: happened, bound: wanted });
  report.tell("of these, renewed by jobs before they ran out", renewedAhead(evidence));
  report.tell("expiries per second", happened / run.seconds);
  tellRun(report, run);
  judge(report, evidence);
  const sums = mixed.map((provider) => ({ provider, ...totals[provider] }));
  report.none(
    "sent by two holders at once (overlapping)",
    sums.filter(({ overlapping = 0 }) => overlapping > 0),
  );
  report.none(
    "sent after its successor had been used",
    sums.filter(({ afterSuccessor = 0 }) => afterSuccessor > 0),
  );
}

async function connectAll({ random, progress }: Stage, world: World, count: number): Promise<Connected[]> {
  progress.show(`expiries: connecting ${Math.round(count)} accounts`);
  const all: Connected[] = [];
  for (const name of mixed) {
    const share = Math.round(count * (shares[name] ?? 0));
    const keepIn = () => random.between(1, life * 0.8);
    all.push(
      ...(await connectMany(world, { provider: world.providers[name], count: share, prefix: "expiry", keepIn })),
    );
  }
  return all;
}

type Goal = { wanted: number; connections: readonly Connected[] };

async function expireUntil(stage: Stage, world: World, goal: Goal): Promise<Run> {
  const { random } = stage;
  const order = {
    random: random.branch("killing"),
    every: [1000, 4000] as const,
    aim: aimAt(world, goal.connections, random),
  };
  const began = performance.now();
  const { killing, result } = await whileKilling(world, order, async (until) => {
    const enough = new AbortController();
    const asking = { random, connections: goal.connections, until: AbortSignal.any([until, enough.signal]) };
    const asked = keepAsking(world, asking);
    await Promise.race([watchCount(stage, world, { ...goal, until }), asked]).finally(() => enough.abort());
    return { asked: await asked, seconds: (performance.now() - began) / 1000 };
  });
  return { killing, ...result };
}

type Watch = Goal & { until: AbortSignal };

async function watchCount({ progress, options }: Stage, world: World, { wanted, until }: Watch): Promise<void> {
  const giveUpAt = performance.now() + (options.full ? 2_400_000 : 420_000);
  for (; !until.aborted && performance.now() < giveUpAt; await sleep(1000)) {
    const now = await countExpiries(world);
    progress.show(`expiries: ${now} of ${wanted}, ${killsOf(world).size} processes killed`);
    if (now >= wanted) return;
  }
}

async function countExpiries({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    "select count(*)::int as count from prove_moment where kind in ('stored', 'ended')",
  );
  return rows[0]?.count ?? 0;
}

/** Lets everybody come to know what became of the last refreshes that a kill cut short. */
async function settle({ progress }: Stage, world: World): Promise<void> {
  for (const provider of mixed) await world.control.changeProvider({ provider, accessTokenSeconds: null });
  for (const began = performance.now(); performance.now() - began < 2 * seenWithinMs; await sleep(1000)) {
    const { rows } = await world.pool.query(
      "select from credential where status = 'active' and refresh_sent_at is not null",
    );
    progress.show(`expiries: ${rows.length} refreshes whose outcome nobody knows yet`);
    if (rows.length === 0) return;
  }
}

async function gather({ progress }: Stage, world: World, connections: readonly Connected[]): Promise<Evidence> {
  const { resends } = await world.control.listRefreshes();
  const owners = new Map(connections.map((one) => [`${one.provider.id} ${one.grant.person}`, one.credential]));
  progress.show("expiries: trying every refresh token that is kept");
  const standings = await tryAll(world, connections);
  const history = Map.groupBy(await readHistory(world.pool), ({ credential }) => credential);
  const owned = resends.flatMap((resend) => {
    const credential = owners.get(`${resend.provider} ${resend.person}`);
    return credential === undefined ? [] : [{ ...resend, credential }];
  });
  return { history, kills: killsOf(world), resends: owned, standings };
}

function renewedAhead({ history }: Evidence): number {
  return [...history.values()].flat().filter(({ kind, ahead }) => kind === "stored" && ahead === true).length;
}

function tellRun(report: Report, { killing, asked }: Run): void {
  report.tell("processes killed", killing.count);
  report.tell("of these, aimed between sending and storing", killing.aimed);
  report.tell("two at once", killing.double);
  for (const [status, count] of [...asked.statuses].sort(([one], [other]) => one - other)) {
    report.tell(`answers to back ends: ${status}`, count);
  }
  report.none("other answers to back ends", asked.strange);
}

function judge(report: Report, evidence: Evidence): void {
  const { standings, resends } = evidence;
  report.tell("refresh tokens sent again to settle an open outcome", resends.length);
  report.none("sent again after their answer was stored", sentAfterStored(evidence));
  report.none("sent again though its sender was not killed", sentWithoutKill(evidence));
  report.none("held by two at once, or taken over within 20 s", heldTwice(evidence));
  report.tell("taken over from the killed, at the soonest after", `${(soonestTakeover(evidence) / 1000).toFixed(1)} s`);
  report.none(
    "marked dead, and alive",
    standings.filter(({ status, alive }) => status !== "active" && alive),
  );
  report.none(
    "lost where the provider forgives",
    standings.filter((one) => !one.strict && (one.status !== "active" || !one.alive)),
  );
  report.none(
    "lost, and not shown",
    standings.filter(({ status, alive }) => status === "active" && !alive),
  );
  judgeLosses(report, evidence);
}

function judgeLosses(report: Report, evidence: Evidence): void {
  const lost = losses(evidence);
  const explained = lost
    .filter(({ kills }) => kills.length > 0)
    .map((loss) => ({ seenAfter: loss.endedAt - Math.max(...loss.kills), ...loss }))
    .sort((one, other) => other.seenAfter - one.seenAfter);
  const seen = explained.map(({ seenAfter }) => seenAfter);
  const sinceFirst = explained.map(({ endedAt, kills }) => endedAt - Math.min(...kills));
  report.tell("lost where the provider is strict", lost.length);
  report.none(
    "of these, without a kill that explains it",
    lost.filter(({ kills }) => kills.length === 0),
  );
  report.none(
    "of these, not shown as needs_reconnect for refresh_lost",
    lost.filter(({ standing: { status, reason } }) => status !== "needs_reconnect" || reason !== "refresh_lost"),
  );
  report.tell("seen after the kill, p50", `${(percentile(seen, 0.5) / 1000).toFixed(1)} s`);
  report.atMost("seen after the kill, at most", {
    value: Math.max(0, ...seen) / 1000,
    bound: seenWithinMs / 1000,
    unit: " s",
    evidence: explained,
  });
  report.tell("of these, later than that", seen.filter((ms) => ms > seenWithinMs).length);
  report.tell("seen after the first of its kills, at most", `${(Math.max(0, ...sinceFirst) / 1000).toFixed(1)} s`);
}
