// Runs a script of this repository on a machine with Node 20 and npm: Node 24 and pnpm are fetched like any dependency.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDependencies } from "./toolchain/dependencies.mjs";
import { findToolchain } from "./toolchain/find.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
const npm = process.env["npm_execpath"] === undefined ? undefined : process.ppid;

try {
  const toolchain = await findToolchain(root);
  const path = [...toolchain.folders, join(root, "node_modules", ".bin"), process.env["PATH"]].join(":");
  const env = { ...process.env, PATH: path };
  await installDependencies(root, { env, withBenchmark: needsBenchmark(script, args) });
  run(toolchain.node, env);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * Whether a script runs the benchmark or checks its types.
 * @param {string | undefined} name
 * @param {readonly string[]} rest
 */
function needsBenchmark(name, rest) {
  return name === "bench/bench.ts" || name === "scripts/test.ts" || (name === "scripts/run.ts" && rest[0] === "check");
}

/**
 * Runs the script in a session of its own, so that a Ctrl-C reaches it once, from here. It notices by its IPC channel that
 * this process has ended; that npm was killed, this process notices itself.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
function run(node, env) {
  const child = spawn(node, [script ?? "scripts/start.ts", ...args], {
    cwd: root,
    detached: true,
    env,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  const watch = setInterval(() => {
    if (npm !== undefined && npm !== process.ppid && child.kill("SIGTERM")) clearInterval(watch);
  }, 200);
  child.on("error", (error) => console.error(error.message));
  child.on("close", (code, signal) => {
    clearInterval(watch);
    process.exitCode = code ?? 128 + constants.signals[signal ?? "SIGKILL"];
  });
}
