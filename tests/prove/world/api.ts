import { setTimeout as sleep } from "node:timers/promises";
import { send } from "./http.ts";
import { startProgram, type Program } from "./program.ts";

/** One place where an API process runs, and after it another: each life has a name that the database knows it by. */
export interface Api {
  readonly url: string;
  readonly up: boolean;
  start(): Promise<void>;
  /** Ends it as a power cut would. Notes when. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** When each life was killed, in milliseconds. */
  readonly kills: ReadonlyMap<string, number>;
  /** With what it is started from now on. */
  configure(env: Record<string, string>): void;
}

type Parts = { name: string; port: number; env: Record<string, string>; log: string };

const mostTries = 5;
const readyMs = 60_000;

export function createApi({ name, port, env, log }: Parts): Api {
  const url = `http://127.0.0.1:${port}`;
  const kills = new Map<string, number>();
  let [life, up, settings] = [0, false, env];
  let program: Program | undefined;

  async function begin(): Promise<boolean> {
    life += 1;
    const database = new URL(settings["DATABASE_URL"] ?? "");
    database.searchParams.set("application_name", `${name}.${life}`);
    const own = { ...settings, PORT: String(port), DATABASE_URL: database.href };
    program = startProgram({ script: "apps/api/src/main.ts", env: own, log });
    return await isReady(url, program);
  }
  return {
    url,
    kills,
    get up() {
      return up;
    },
    configure: (change) => {
      settings = { ...settings, ...change };
    },
    async start() {
      for (let tries = 0; tries < mostTries && !up; tries += 1) up = await begin();
      if (!up) throw new Error(`${name} does not start; see ${log}`);
    },
    async kill() {
      up = false;
      kills.set(`${name}.${life}`, Date.now());
      program?.kill("SIGKILL");
      await program?.exited;
    },
    async stop() {
      up = false;
      program?.kill("SIGTERM");
      const late = setTimeout(() => program?.kill("SIGKILL"), 45_000);
      await program?.exited;
      clearTimeout(late);
    },
  };
}

async function isReady(url: string, program: Program): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < readyMs; await sleep(50)) {
    if (program.gone) return false;
    const answer = await send(`${url}/readyz`, { timeoutMs: 2000 }).catch(() => undefined);
    if (answer?.status === 200) return true;
  }
  program.kill("SIGKILL");
  await program.exited;
  return false;
}
