import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const aptLine = ["--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];

/**
 * A program of the system, from its Debian package where it is not there and we may install it. Undefined: it cannot be had.
 * Where CI is set that is a fault.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  const places = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
  const find = () => places.map((place) => `${place}/${name}`).find((path) => existsSync(path));
  // Another installation may hold apt's lists for a while.
  const mostTries = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") ? 20 : 0;
  for (let tries = 0; tries < mostTries && find() === undefined; tries += 1) {
    if (tries > 0) await sleep(3_000);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["install", ...aptLine, name], { env }).catch(
      async () => await run("apt-get", ["update"], { env }).catch(() => undefined),
    );
  }
  const found = find();
  if (found === undefined && process.env["CI"]) throw new Error(`${name} is needed here, and could not be installed`);
  return found;
}

/** Starts a program and waits until it listens. It ends with the test. */
export async function startProgram(
  path: string,
  args: readonly string[],
  { port, env = {} }: { port: number; env?: Record<string, string> },
): Promise<AsyncDisposable> {
  const child = spawn(path, args, { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const exited = once(child, "exit");
  for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
    if (await listens(port)) return { [Symbol.asyncDispose]: () => end(child, exited) };
    await sleep(50);
  }
  await end(child, exited);
  throw new Error(`${path} does not listen: ${said.join("")}`);
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await exited;
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
