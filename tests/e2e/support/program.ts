import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs one of the repository's programs, with nothing of our own environment but what is given. */
export function runProgram(program: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

const patience = 150;

/** Waits until a program answers at an address. Throws when it ends before, or takes half a minute. */
export async function waitForAnswer(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < patience; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the program for ${url} ended with ${child.exitCode}`);
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(200);
  }
  throw new Error(`${url} does not answer`);
}
