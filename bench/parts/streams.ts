import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { cookieOf, patchbayAsks } from "../contender/patchbay.ts";
import { fire } from "../load/cannon.ts";
import { letter } from "../load/sockets.ts";
import { cpuOf, memoryOf } from "../world/cpu.ts";
import { nthUser } from "../world/people.ts";
import { startPatchbays } from "../world/patchbays.ts";
import type { Program } from "../world/program.ts";
import type { Stage } from "../world/stage.ts";
import type { Part } from "./part.ts";

const streams = 5_000;
const attempts = 100_000;
const database = "streams";

/** What pages that are open and do nothing cost, and attempts that nobody finished. Figures, no verdicts. */
export const openPages: Part = async (stage) => {
  await stage.database.createDatabase(database, stage.people.template);
  const [program] = await startPatchbays(stage, { database, count: 1 });
  if (program === undefined) throw new Error("nothing was started");
  const notes = [...(await holdStreams(stage, program)), ...(await holdAttempts(stage, program))];
  await program.stop();
  return { measures: [], verdicts: [], notes };
};

async function holdStreams({ people, say }: Stage, program: Program): Promise<string[]> {
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
  return [`${streams} idle streams: ${told}; ${each.toFixed(1)} KB each, ${(share * 100).toFixed(1)} % of a CPU.`];
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
  insert into attempt (id, user_id, session_id, browser, provider, redirect_uri, notes, expires_at, created_at)
  select sha256(('attempt ' || n)::bytea), 'user-' || lpad((n % $1 + 1)::text, 8, '0'), 'sid-' || n % $1 + 1,
         sha256('browser'), 'zoom', 'http://localhost/callback', sha256('notes') || sha256('notes') || sha256('notes'),
         now() + interval '8 minutes', now() - interval '2 minutes'
  from generate_series(1, $2::int) n`;

async function holdAttempts(stage: Stage, program: Program): Promise<string[]> {
  const { users } = stage.people;
  const watched = { node: program.pid, postgres: stage.database.pid };
  const begin = () =>
    fire({ url: program.url, ask: patchbayAsks(users).A, from: 0, ready: users, connections: 4, ms: 2_000, watched });
  await begin();
  const [before, empty] = [memoryOf(program.pid), (await begin()).p50];
  await stage.database.run(database, fill, [users, attempts]);
  await stage.database.run(database, "analyze attempt");
  const full = (await begin()).p50;
  const [row] = await stage.database.run(database, "select pg_total_relation_size('attempt')::float8 as bytes");
  const told = `${mega(Number(row?.["bytes"]))} in PostgreSQL; the process ${mega(before)} before, ${mega(memoryOf(program.pid))} after`;
  return [
    `${attempts} pending attempts: ${told}; p50 of A ${empty.toFixed(2)} ms before, ${full.toFixed(2)} ms after.`,
  ];
}

const mega = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;
