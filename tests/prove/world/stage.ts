import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startPostgres, type Postgres } from "@patchbay/postgres";
import type { Options } from "../run/options.ts";
import type { Progress } from "../run/progress.ts";
import type { Random } from "../run/random.ts";
import { createSandboxClient, type SandboxClient } from "@patchbay/sandbox/client";
import { startProgram, type Program } from "./program.ts";
import { readProviders, type Providers } from "./providers.ts";

/** What all parts stand on: one PostgreSQL, one sandbox. */
export interface Stage {
  options: Options;
  random: Random;
  progress: Progress;
  /** Where the logs are, and what the programs keep. */
  folder: string;
  postgres: Postgres;
  control: SandboxClient;
  providers: Providers;
  /** The address that the product is told to have. */
  publicUrl: string;
  /** Ends everything. The logs stay where something is to be learned from them. */
  close(keepLogs: boolean): Promise<void>;
}

type Setting = Pick<Stage, "options" | "random" | "progress">;

export async function openStage({ options, random, progress }: Setting): Promise<Stage> {
  const folder = join(tmpdir(), `patchbay-prove-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const publicUrl = `http://localhost:${await freePort(random)}`;
  progress.show("starting PostgreSQL and the sandbox");
  const [postgres, sandbox] = await Promise.all([
    startPostgres({ dataDir: `${folder}-postgres`, durable: false }),
    startSandbox(join(folder, "sandbox.log"), publicUrl),
  ]);
  const control = createSandboxClient(sandbox.url);
  return {
    options,
    random,
    progress,
    folder,
    postgres,
    control,
    providers: await readProviders(control),
    publicUrl,
    async close(keepLogs) {
      sandbox.program.kill("SIGKILL");
      await Promise.all([sandbox.program.exited, postgres.stop()]);
      if (!keepLogs) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startSandbox(log: string, publicUrl: string): Promise<{ url: string; program: Program }> {
  const env = { SANDBOX_PORT: "0", SANDBOX_TELEGRAM_PORT: "0", PUBLIC_URL: publicUrl };
  const program = startProgram({ script: "apps/sandbox/src/main.ts", env, log });
  for (let tries = 0; tries < 600 && !program.gone; tries += 1) {
    const [, url] = /Sandbox ready at (http:\/\/\S+)/.exec(readFileSync(log, "utf8")) ?? [];
    if (url !== undefined) return { url, program };
    await sleep(50);
  }
  throw new Error(`the sandbox does not start:\n${readFileSync(log, "utf8")}`);
}
