import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@patchbay/postgres";
import { forServing } from "./database.ts";
import type { World } from "./world.ts";

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** An API as a process of its own. Whatever becomes of a test, it does not outlive it. */
export interface Process extends AsyncDisposable {
  url: string;
  child: ChildProcess;
  /** How it ended: by itself, or by a signal. */
  exited: Promise<unknown[]>;
}

/** Starts an API as a process of its own, and waits until it can serve. `output`: what becomes of what it writes. */
export async function startProcess(
  env: Record<string, string>,
  output: "inherit" | "pipe" = "inherit",
): Promise<Process> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env["PATH"], LOG_LEVEL: "warn", ...env, PORT: String(port) },
    stdio: ["ignore", output, output],
  });
  const exited = once(child, "exit");
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  for (let tries = 0; tries < 1500; tries += 1) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return { url, child, exited, [Symbol.asyncDispose]: end };
    await sleep(10);
  }
  await end();
  throw new Error("the process does not answer");
}

/** The environment of another process beside this world's, on its database. */
export async function environmentOf({ config, control, databaseUrl, sandbox }: World): Promise<Record<string, string>> {
  const { id, key } = config.keys.sealing;
  return {
    ...(await control.getEnvironment()),
    PUBLIC_URL: config.publicUrl.origin,
    DATABASE_URL: forServing(databaseUrl),
    AUTH_SECRET: config.authSecret,
    ENCRYPTION_KEYS: `${id}:${key.export().toString("base64")}`,
    SANDBOX_URL: sandbox.url,
    LOG_LEVEL: "silent",
  };
}
