import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@patchbay/postgres";
import { betterAuth, prepareBetterAuth } from "../contender/better-auth.ts";
import type { Place } from "../contender/contender.ts";
import { environment } from "../contender/environment.ts";
import { patchbay } from "../contender/patchbay.ts";
import { median } from "../load/meter.ts";
import type { Verdict } from "../run/verdict.ts";
import { memoryOf } from "../world/cpu.ts";
import { launch, stop } from "../world/program.ts";
import type { Stage } from "../world/stage.ts";
import type { Part } from "./part.ts";

const starts = 7;
/** How many of them, the last ones, wait until they are idle, to have their memory read. */
const idles = 3;
const idleMs = 5_000;

interface Starter {
  name: string;
  database: string;
  script: string;
  /** What answers once it serves. */
  ready: string;
  env(place: Place): Record<string, string>;
  /** What says that it has loaded what it loads after its first answer, too: a statement that finds a row then. */
  loaded?: string;
}

const bare: Starter = {
  name: "bare node",
  database: "postgres",
  script: import.meta.resolve("../floor/bare.ts"),
  ready: "/",
  env: environment,
};

/** How long from its start to its first answer, and how much memory each needs to wait. */
export const coldStart: Part = async (stage) => {
  const { users } = stage.people;
  const own = asServed({ ...patchbay(users), database: "start_patchbay", ready: "/healthz" });
  const peer = { ...betterAuth(users), database: "start_better_auth", ready: "/api/auth/ok" };
  await stage.database.createDatabase(own.database, stage.people.template);
  await prepareBetterAuth(stage.database, { name: peer.database, users });
  const starters: Starter[] = [bare, own, peer];
  const [times, memories] = [new Map<string, number[]>(), new Map<string, number[]>()];
  for (let round = 0; round <= starts; round += 1) {
    const waits = round > starts - idles;
    for (const starter of starters) {
      const { ms, bytes } = await once(stage, starter, waits);
      // The first start made Patchbay's database ready, and filled the caches of the file system.
      if (round > 0) add(times, starter.name, ms);
      if (waits) add(memories, starter.name, bytes);
    }
  }
  const ms = (name: string) => median(times.get(name) ?? []);
  const mb = (name: string) => median(memories.get(name) ?? []) / 1_048_576;
  return {
    measures: [],
    verdicts: judge(ms, mb),
    notes: starters.map(({ name }) => describe(name, ms(name), mb(name))),
  };
};

/** As `pnpm serve` starts it: it does background work too, which it loads once it serves. */
function asServed(own: Starter): Starter {
  const env = (place: Place) => {
    const { WORKERS: _, ...rest } = own.env(place);
    return rest;
  };
  return { ...own, env, loaded: "select from worker" };
}

function judge(ms: (name: string) => number, mb: (name: string) => number): Verdict[] {
  const [own, part] = ["Patchbay", "start"];
  return [
    { part, what: "cold start, of bare node's", is: ms(own) / ms(bare.name), must: { most: 3 }, unit: "×" },
    { part, what: "cold start, of better-auth's", is: ms(own) / ms("better-auth"), must: { most: 0.5 }, unit: "×" },
    { part, what: "idle memory, of bare node's", is: mb(own) / mb(bare.name), must: { most: 2 }, unit: "×" },
  ];
}

const describe = (name: string, ms: number, mb: number): string =>
  `${name}: ${ms.toFixed(0)} ms to the first answer, ${mb.toFixed(0)} MB after ${idleMs / 1000} s idle (median of ${idles}).`;

const mostTries = 4_000;

async function once(stage: Stage, starter: Starter, waits: boolean): Promise<{ ms: number; bytes: number }> {
  const port = await freePort();
  const place = {
    databaseUrl: stage.database.url(starter.database),
    providerUrl: stage.provider.url,
    publicUrl: `http://127.0.0.1:${port}`,
  };
  const log = join(stage.folder, "start.log");
  const began = performance.now();
  // As `pnpm serve` starts us, and alike for all: what Node compiles is kept for the next start.
  const env = { ...starter.env(place), NODE_COMPILE_CACHE: join(stage.folder, "compiled") };
  const child = launch({ ...starter, port, log, env });
  try {
    for (let tries = 0; tries < mostTries; tries += 1) {
      if (await answers(port, starter.ready)) {
        const ms = performance.now() - began;
        // Until then nothing of what was compiled is kept.
        await untilLoaded(stage, starter);
        if (waits) await sleep(idleMs);
        return { ms, bytes: memoryOf(child.pid ?? 0) };
      }
      await sleep(3);
    }
    throw new Error(`${starter.name} does not start`);
  } finally {
    await stop(child);
  }
}

async function untilLoaded({ database }: Stage, { name, database: own, loaded }: Starter): Promise<void> {
  const isLoaded = async () => loaded === undefined || (await database.run(own, loaded)).length > 0;
  for (let tries = 0; !(await isLoaded()); tries += 1) {
    if (tries === mostTries) throw new Error(`${name} does not load all of itself`);
    await sleep(50);
  }
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ hostname: "127.0.0.1", port, path, agent: false }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode === 200));
    });
    sent.on("error", () => resolve(false)).end();
  });
}

function add(lists: Map<string, number[]>, name: string, value: number): void {
  lists.set(name, [...(lists.get(name) ?? []), value]);
}
