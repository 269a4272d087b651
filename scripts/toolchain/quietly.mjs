import { spawn } from "node:child_process";

/**
 * Runs a program whose output matters only when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string; env?: NodeJS.ProcessEnv; failure: string }} options
 * @returns {Promise<void>}
 */
export async function quietly(command, args, { failure, ...options }) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {string[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => output.push(text));
  let stopped = false;
  const stop = () => (stopped = child.kill());
  for (const signal of signals) process.once(signal, stop);
  const status = await new Promise((resolve) => {
    child.once("close", resolve).once("error", (error) => resolve(error.message));
  });
  for (const signal of signals) process.off(signal, stop);
  if (stopped) process.exit(130);
  if (status === 0) return;
  const reason = typeof status === "string" ? status : output.join("").trim();
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|dns error|error sending request/i.test(
    reason,
  );
  throw new Error(`${reason}\n\n${failure}${offline ? " Is this machine online?" : ""}`);
}

/** @type {readonly NodeJS.Signals[]} */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
