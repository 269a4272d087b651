import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@patchbay/postgres";
import type { Contender, People } from "../contender/contender.ts";
import { startDatabase, type Database } from "./database.ts";
import { startProgram, type Program } from "./program.ts";
import { seed } from "./seed.ts";

export interface Upstream {
  token: number;
  refresh: number;
  identity: number;
  reused: number;
  refused: number;
}

export interface Provider {
  url: string;
  counts(): Promise<Upstream>;
  /** Forgets everything, and from now on answers so late. */
  reset(latencyMs?: number): Promise<void>;
}

/** What everything stands on: one PostgreSQL, one provider, the people. */
export interface Stage {
  folder: string;
  database: Database;
  provider: Provider;
  people: People;
  say: (line: string) => void;
  /** The first of so many numbers that nobody had before: what has to be new is told by them. */
  numbers: (count: number) => number;
  close(): Promise<void>;
}

export interface Standing extends Contender {
  program: Program;
}

export async function openStage(users: number, say: (line: string) => void): Promise<Stage> {
  const folder = join(tmpdir(), `patchbay-bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  say("Starting PostgreSQL and the provider.");
  const database = await startDatabase(`${folder}-postgres`);
  const program = await startProvider(folder);
  const people = { users, template: "template_people" };
  say(`Seeding ${users} users.`);
  await database.createDatabase(people.template);
  await seed(database.url(people.template), users);
  return {
    folder,
    database,
    provider: createProvider(program.url),
    people,
    say,
    numbers: createNumbers(),
    async close() {
      await program.stop();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Prepares a contender's database and starts it. */
export async function raise(stage: Stage, contender: Contender): Promise<Standing> {
  stage.say(`Starting ${contender.name}.`);
  await contender.prepare(stage.database, stage.people);
  const port = await freePort();
  const place = {
    databaseUrl: stage.database.url(contender.database),
    providerUrl: stage.provider.url,
    publicUrl: `http://127.0.0.1:${port}`,
  };
  const log = join(stage.folder, `${contender.database}.log`);
  const { script, ready } = contender;
  const program = await startProgram({ name: contender.name, script, ready, port, log, env: contender.env(place) });
  return { ...contender, program };
}

function createNumbers(): (count: number) => number {
  let next = 0;
  return (count) => {
    next += count;
    return next - count;
  };
}

async function startProvider(folder: string): Promise<Program> {
  const port = await freePort();
  const log = join(folder, "provider.log");
  return await startProgram({
    name: "the provider",
    script: import.meta.resolve("../provider/main.ts"),
    ready: "/_/counts",
    port,
    log,
    env: {},
  });
}

function createProvider(url: string): Provider {
  const ask = async (path: string): Promise<unknown> => await (await fetch(`${url}${path}`)).json();
  return {
    url,
    counts: async () => (await ask("/_/counts")) as Upstream,
    reset: async (latencyMs = 0) => void (await ask(`/_/reset?latency=${latencyMs}`)),
  };
}
