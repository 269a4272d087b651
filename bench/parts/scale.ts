import { availableParallelism } from "node:os";
import { patchbayAsks } from "../contender/patchbay.ts";
import { fire } from "../load/cannon.ts";
import { median, type Round } from "../load/meter.ts";
import { busy, shares } from "../run/report.ts";
import { sumUp, type Measure } from "../run/measure.ts";
import type { Verdict } from "../run/verdict.ts";
import { accountsEach } from "../world/people.ts";
import { startPatchbay, startPatchbays, stopAll } from "../world/patchbays.ts";
import type { Program } from "../world/program.ts";
import { seed } from "../world/seed.ts";
import type { Stage } from "../world/stage.ts";
import type { Outcome, Part } from "./part.ts";
import { plansOf } from "./scale-plans.ts";

const [few, many] = [1_000, 1_000_000];
const reads = ["C", "D"] as const;

/** Whether a thousand times the connections cost more, and whether more processes do more. */
export const scale: Part = async (stage, options) => {
  const sizes = await bySize(stage, options);
  const processes = await byProcesses(stage, options);
  return {
    measures: [],
    verdicts: [...sizes.verdicts, ...processes.verdicts],
    notes: [...sizes.notes, ...processes.notes],
  };
};

type Paced = { rounds: number; seconds: number };

async function bySize(stage: Stage, { rounds, seconds }: Paced): Promise<Omit<Outcome, "measures">> {
  await using small = await populated(stage, few);
  await using large = await populated(stage, many);
  const verdicts: Verdict[] = [];
  const notes: string[] = [];
  for (const line of reads) {
    const p50 = { small: [] as number[], large: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      const [one, other] = [await look(stage, small, { line, seconds }), await look(stage, large, { line, seconds })];
      // The first warms up.
      if (round === 0) continue;
      p50.small.push(one);
      p50.large.push(other);
    }
    const [is, was] = [median(p50.large), median(p50.small)];
    verdicts.push({
      part: "scale",
      what: `${line}: p50 of that at 1e3 connections`,
      is: is / was,
      must: { most: 1.3 },
      unit: "×",
    });
    notes.push(`${line}: p50 ${was.toFixed(2)} ms at ${few} connections, ${is.toFixed(2)} ms at ${many}.`);
  }
  // The plans are asked of a process of their own.
  await stopAll([small.program, large.program]);
  notes.push(...(await plansOf(stage, { database: large.database, users: large.users })));
  return { verdicts, notes };
}

interface Populated extends AsyncDisposable {
  database: string;
  users: number;
  program: Program;
}

async function populated(stage: Stage, connections: number): Promise<Populated> {
  const [database, users] = [`scale_${connections}`, connections / accountsEach];
  stage.say(`Seeding ${connections} connections.`);
  await stage.database.createDatabase(database);
  await seed(stage.database.url(database), users);
  const program = await startPatchbay(stage, { database });
  return { database, users, program, [Symbol.asyncDispose]: () => program.stop() };
}

type Look = { line: "C" | "D"; seconds: number };

/** Few at a time: how long an answer takes, not how many there are. */
async function look(stage: Stage, { users, program }: Populated, { line, seconds }: Look): Promise<number> {
  const watched = { node: program.pid, postgres: stage.database.pid };
  const from = Math.floor(Math.random() * users);
  // Spread over all of them, however many: neighbours lie on one page.
  const ask = patchbayAsks(users)[line];
  const spread = { ...ask, request: (nth: number) => ask.request(nth * 7919) };
  const shot = { url: program.url, ask: spread, from, ready: 4000, connections: 4, ms: seconds * 1000, watched };
  return (await fire(shot)).p50;
}

async function byProcesses(stage: Stage, { rounds, seconds }: Paced): Promise<Omit<Outcome, "measures">> {
  const database = "scale_processes";
  await stage.database.createDatabase(database, stage.people.template);
  await using four = new AsyncDisposableStack();
  const programs = await startPatchbays(stage, { database, count: 4 });
  four.defer(() => stopAll(programs));
  const verdicts: Verdict[] = [];
  const notes: string[] = [];
  for (const line of reads) {
    const [alone, together]: [Round[], Round[]] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const one = await volley(stage, programs.slice(0, 1), { line, seconds });
      const all = await volley(stage, programs, { line, seconds });
      if (round === 0) continue;
      alone.push(one);
      together.push(all);
    }
    const counted = { line, contender: "Patchbay", statements: 1, upstream: 0 };
    const { verdict, note } = compare(sumUp(counted, alone), sumUp(counted, together));
    verdicts.push(verdict);
    notes.push(note);
  }
  return { verdicts, notes };
}

async function volley(stage: Stage, programs: Program[], { line, seconds }: Look): Promise<Round> {
  const { users } = stage.people;
  const watched = { node: programs.map(({ pid }) => pid), postgres: stage.database.pid };
  const ask = patchbayAsks(users)[line];
  const url = programs.map((program) => program.url);
  return await fire({ url, ask, from: 0, ready: users, connections: 64, ms: seconds * 1000, watched });
}

const least = 1.6;

/** What four processes may lose to one another where there are fewer cores than they, their PostgreSQL and the load. */
const kept = 0.7;

/** Where one process, its PostgreSQL and the load keep the cores busy already, no number of processes can do more. */
function compare(alone: Measure, together: Measure): { verdict: Verdict; note: string } {
  const { line } = alone;
  const cores = availableParallelism();
  const most = cores / busy(alone);
  const is = together.perSecond / alone.perSecond;
  const why = `one keeps ${busy(alone).toFixed(2)} of ${cores} cores busy: no more than ${most.toFixed(2)} times is to be had`;
  const excuse = is < least && most < least && is >= kept * most ? why : undefined;
  const what = `${line}: 4 processes do, of what one does`;
  return {
    verdict: { part: "scale", what, is, must: { least }, unit: "×", excuse },
    note: `${line}: CPUs with one process: ${shares(alone)}; with four: ${shares(together)}.`,
  };
}
