import { setTimeout as sleep } from "node:timers/promises";
import { percentile, type Report } from "../run/report.ts";
import { connectMany, expire, type Connected } from "../world/grants.ts";
import { readHistory } from "../world/history.ts";
import { openStream, signUp } from "../world/session.ts";
import type { Stage } from "../world/stage.ts";
import { askToken } from "../world/token.ts";
import { openWorld, type World } from "../world/world.ts";
import { deadWords } from "./spoken.ts";

const pages = 4;
const withinMs = 5_000;
const boundMs = 1_000;

/** How long an open page is behind, where another process finds out that a connection is dead. */
export async function news(stage: Stage, report: Report): Promise<void> {
  const changes = Math.max(pages, Math.round(100 * stage.options.scale));
  await using world = await openWorld(stage, { name: "news", apis: 2, env: { WORKERS: "0" } });
  const told = new Map<string, number>();
  const watch = () =>
    watchPage(world, Math.ceil(changes / pages), (credential, at) => {
      told.set(credential, at);
      stage.progress.show(`news: ${told.size} of ${changes}`);
    });
  await Promise.all(Array.from({ length: pages }, watch));
  const ended = (await readHistory(world.pool)).filter(({ kind }) => kind === "ended");
  const late = ended.flatMap(({ credential, at }) => (told.get(credential) ?? Infinity) - at);
  report.exactly("changes of status", { value: ended.length, wanted: Math.ceil(changes / pages) * pages });
  report.none(
    "of these, never told",
    late.filter((ms) => ms === Infinity),
  );
  report.tell("told after, p50", `${percentile(late, 0.5).toFixed(0)} ms`);
  report.atMost("told after, p95", { value: Math.round(percentile(late, 0.95)), bound: boundMs, unit: " ms" });
}

/** A page at the second process; what changes its connections comes to light in the first. */
async function watchPage(world: World, count: number, tell: (credential: string, at: number) => void): Promise<void> {
  const [first, second] = world.apis;
  if (first === undefined || second === undefined) throw new Error("two processes are needed");
  const { user, cookie } = await signUp(first.url);
  const order = {
    provider: world.providers.calendly,
    count,
    prefix: `news-${user}`.toLowerCase().replace(/[^a-z0-9-]/g, ""),
  };
  const connections = await connectMany(world, { ...order, user });
  const stream = await openStream(second.url, cookie);
  // What inserting them has rung for is heard before the first change.
  await sleep(1000);
  for (const one of connections) {
    const heard = stream.next(withinMs);
    await end(world, one, first.url);
    const at = await heard;
    if (at !== undefined) tell(one.credential, at);
  }
  stream.close();
}

async function end(world: World, one: Connected, url: string): Promise<void> {
  const [word] = deadWords.calendly;
  const { provider, grant, connection, credential } = one;
  await world.control.failRequests({ ...provider.token(grant), person: grant.person, ...word?.fault });
  await expire(world, [credential]);
  const { status, text } = await askToken(world, url, { id: connection });
  if (status !== 409) throw new Error(`a dead grant was answered with ${status}: ${text}`);
}
