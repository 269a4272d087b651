import { setTimeout as sleep } from "node:timers/promises";
import type { Ask, Line } from "../contender/contender.ts";
import { fire } from "../load/cannon.ts";
import type { Round } from "../load/meter.ts";
import { createSend } from "../load/send.ts";
import { walkAround } from "../load/walks.ts";
import { sumUp, type Measure } from "../run/measure.ts";
import type { Stage, Standing } from "../world/stage.ts";

export interface Pace {
  rounds: number;
  /** Of one round. */
  ms: number;
  connections: number;
}

/** Measures a line: everybody who does it, one after the other, in rounds. */
export async function measureLine(stage: Stage, line: Line, { all, pace }: { all: Standing[]; pace: Pace }) {
  const contenders = all.filter((contender) => canDo(contender, line));
  const runners = [];
  for (const contender of contenders) runners.push(await warmUp(stage, { contender, line, pace }));
  for (let round = 0; round < pace.rounds; round += 1) {
    for (const { run } of turn(runners, round)) await run();
  }
  return runners.map(({ measure }) => measure());
}

/** Another one begins each pair of rounds, whose second goes backwards: so none always runs after the same. */
function turn<T>(runners: readonly T[], round: number): T[] {
  const first = Math.floor(round / 2) % runners.length;
  const forwards = [...runners.slice(first), ...runners.slice(0, first)];
  return round % 2 === 0 ? forwards : forwards.toReversed();
}

function canDo({ asks, walk }: Standing, line: Line): boolean {
  return line === "B" ? walk !== undefined : asks[line] !== undefined;
}

type Entry = { contender: Standing; line: Line; pace: Pace };

/** Proves that the work is done, counts its statements, and lets the contender get warm. */
async function warmUp(stage: Stage, entry: Entry) {
  const { contender, line, pace } = entry;
  const counted = await countStatements(stage, entry);
  const rounds: Round[] = [];
  let perSecond = 15_000;
  const round = async (ms: number): Promise<Round> => {
    const sweep = contender.sweep?.[line];
    if (sweep !== undefined) await stage.database.run(contender.database, sweep);
    const ready = line === "F" ? Math.ceil((perSecond * 1.7 * (ms + 400)) / 1000) : stage.people.users;
    const result = await once(stage, entry, { from: stage.numbers(ready + pace.connections), ms, ready });
    perSecond = result.perSecond;
    return result;
  };
  await round(Math.min(1500, pace.ms));
  return {
    run: async () => void rounds.push(await round(pace.ms)),
    measure: (): Measure => sumUp({ line, contender: contender.name, ...counted }, rounds),
  };
}

type Course = { from: number; ms: number; ready: number };

async function once(stage: Stage, { contender, line, pace }: Entry, { from, ms, ready }: Course): Promise<Round> {
  const { program, asks, walk } = contender;
  const watched = { node: program.pid, postgres: stage.database.pid };
  const { connections } = pace;
  if (line === "B") {
    if (walk === undefined) throw new Error(`${contender.name} does not connect`);
    return await walkAround({ url: program.url, walk, from, walkers: Math.ceil(connections / 2), ms, watched });
  }
  const ask = asks[line];
  if (ask === undefined) throw new Error(`${contender.name} does not do ${line}`);
  return await fire({ url: program.url, ask, from, ready, connections, ms, watched });
}

const proofs = 100;

/** One after the other, each proved. */
async function countStatements(stage: Stage, { contender, line }: Entry) {
  const { database, provider } = stage;
  const { send, close } = createSend(contender.program.url, 1);
  const one = async (nth: number): Promise<void> => {
    if (line === "B") return await contender.walk?.(nth, send);
    const ask = contender.asks[line];
    if (ask !== undefined) await proved(ask, { nth, send });
  };
  const first = stage.numbers(20 + proofs);
  for (let nth = 0; nth < 20; nth += 1) await one(first + nth);
  await database.count(true);
  await sleep(600);
  const before = { statements: await database.statements(contender.database), upstream: await provider.counts() };
  for (let nth = 20; nth < 20 + proofs; nth += 1) await one(first + nth);
  const after = { statements: await database.statements(contender.database), upstream: await provider.counts() };
  await database.count(false);
  close();
  const calls = after.upstream.token + after.upstream.identity - before.upstream.token - before.upstream.identity;
  return { statements: (after.statements - before.statements) / proofs, upstream: calls / proofs };
}

async function proved(ask: Ask, { nth, send }: { nth: number; send: ReturnType<typeof createSend>["send"] }) {
  const answer = await send(ask.request(nth));
  if (answer.status !== ask.status) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 500)}`);
  ask.prove(answer);
}
