import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { cookieOf, patchbayAsks } from "../contender/patchbay.ts";
import { fire } from "../load/cannon.ts";
import { median } from "../load/meter.ts";
import { letter } from "../load/sockets.ts";
import { cpuOf, memoryOf } from "../world/cpu.ts";
import { nthUser } from "../world/people.ts";
import { startPatchbay } from "../world/patchbays.ts";
import type { Program } from "../world/program.ts";
import type { Stage } from "../world/stage.ts";
import type { Part } from "./part.ts";

const streams = 5_000;
/** Pending attempts. Few, and not none: of a table that is empty PostgreSQL does not know how it will be when it is not. */
const [few, many] = [1_000, 100_000];
const database = "streams";

/** What pages that are open and do nothing cost, and attempts that nobody finished. Figures, no verdicts. */
export const openPages: Part = async (stage, { rounds }) => {
  await stage.database.createDatabase(database, stage.people.template);
  return { measures: [], verdicts: [], notes: [await holdStreams(stage), await holdAttempts(stage, rounds)] };
};

async function holdStreams(stage: Stage): Promise<string> {
  const { people, say } = stage;
  await using program = await startPatchbay(stage, { database });
  say(`Opening ${streams} streams.`);
  await sleep(2_000);
  const before = memoryOf(program.pid);
  const open: Socket[] = [];
  for (let nth = 0; nth < streams; nth += 1) open.push(await openStream(program.url, nthUser(nth, people.users)));
  await sleep(2_000);
  const [after, cpu] = [memoryOf(program.pid), cpuOf(program.pid) ?? Number.NaN];
  await sleep(20_000);
  const share = ((cpuOf(program.pid) ?? Number.NaN) - cpu) / 20e9;
  const settled = memoryOf(program.pid);
  for (const socket of open) socket.destroy();
  const each = (settled - before) / streams / 1024;
  const told = `${mega(before)} before, ${mega(after)} when open, ${mega(settled)} after 20 s`;
  return `${streams} idle streams: ${told}; ${each.toFixed(1)} KB each, ${(share * 100).toFixed(1)} % of a CPU.`;
}

const patienceMs = 10_000;

async function openStream(url: string, user: number): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on("error", () => {});
  await once(socket, "connect");
  const headers = { cookie: cookieOf(user), accept: "text/event-stream" };
  socket.write(letter({ method: "GET", path: "/api/trpc/connections.watch", headers }));
  const late = AbortSignal.timeout(patienceMs);
  for (let seen = ""; !seen.includes('"open"');) {
    const [chunk] = (await once(socket, "data", { signal: late })) as [Buffer];
    seen += chunk.toString("latin1");
    if (seen.startsWith("HTTP/1.1") && !seen.startsWith("HTTP/1.1 200"))
      throw new Error(`a stream was refused: ${seen}`);
  }
  return socket;
}

const fill = `
  insert into attempt (id, user_id, session_id, browser_hash, provider, redirect_uri, provider_state, expires_at, created_at)
  select sha256(('attempt ' || n)::bytea), 'user-' || lpad((n % $1 + 1)::text, 8, '0'), 'sid-' || n % $1 + 1,
         sha256('browser'), 'zoom', 'http://localhost/callback', sha256('notes') || sha256('notes') || sha256('notes'),
         now() + interval '8 minutes', now() - interval '2 minutes'
  from generate_series(1, $2::int) n`;

/** Asks a process that did nothing else before, in turn beside few attempts and beside many. */
async function holdAttempts(stage: Stage, rounds: number): Promise<string> {
  stage.say(`Storing ${many} attempts.`);
  await using program = await startPatchbay(stage, { database });
  const p50 = { few: [] as number[], many: [] as number[] };
  await begin(stage, program);
  const before = memoryOf(program.pid);
  for (let round = 0; round <= rounds; round += 1) {
    const [beside, among] = [await beginBeside(stage, program, few), await beginBeside(stage, program, many)];
    // The first warms up.
    if (round === 0) continue;
    p50.few.push(beside);
    p50.many.push(among);
  }
  const after = memoryOf(program.pid);
  await hold(stage, many);
  const [row] = await stage.database.run(database, "select pg_total_relation_size('attempt')::float8 as bytes");
  const told = `${mega(Number(row?.["bytes"]))} in PostgreSQL; the process ${mega(before)} before, ${mega(after)} after`;
  const times = `${median(p50.few).toFixed(2)} ms beside ${few} of them, ${median(p50.many).toFixed(2)} ms beside all`;
  return `${many} pending attempts: ${told}; p50 of A ${times}.`;
}

async function beginBeside(stage: Stage, program: Program, attempts: number): Promise<number> {
  await hold(stage, attempts);
  return await begin(stage, program);
}

async function hold(stage: Stage, attempts: number): Promise<void> {
  await stage.database.run(database, "truncate attempt");
  await stage.database.run(database, fill, [stage.people.users, attempts]);
  await stage.database.run(database, "analyze attempt");
}

/** How long the beginning of an attempt takes. */
async function begin({ people: { users }, database: { pid } }: Stage, program: Program): Promise<number> {
  const watched = { node: program.pid, postgres: pid };
  const shot = { url: program.url, ask: patchbayAsks(users).A, from: 0, ready: users, connections: 4, ms: 2_000 };
  return (await fire({ ...shot, watched })).p50;
}

const mega = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;
