import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./paths.ts";

const run = promisify(execFile);
const e2e = join(root, "tests/e2e");

const defaultPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Finds a Chromium that runs: an installed one, else the one of Playwright, else the package of the system if we are root. */
export async function findBrowser(signal: AbortSignal): Promise<string> {
  const given = process.env["CHROMIUM_PATH"];
  const installed = await findRunnable(given === undefined ? defaultPaths : [given], signal);
  const browser = installed ?? (await installFromPlaywright(signal)) ?? (await installFromSystem(signal));
  if (browser !== undefined) return browser;
  throw new Error(
    "The tests in a browser need Chromium or Chrome, and it could not be installed. Install one (on Debian: apt-get install chromium), or set CHROMIUM_PATH to its path.",
  );
}

async function findRunnable(paths: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  for (const path of paths) if (existsSync(path) && (await isRunnable(path, signal))) return path;
  return undefined;
}

/** False also for a binary that lacks a library, or only points to a package that is not installed. */
async function isRunnable(path: string, signal: AbortSignal): Promise<boolean> {
  return await succeeds(run(path, ["--version", "--no-sandbox"], { signal, timeout: 20_000 }));
}

async function installFromPlaywright(signal: AbortSignal): Promise<string | undefined> {
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000" };
  const options = { cwd: e2e, env, signal, timeout: 180_000 };
  if (!(await succeeds(run("pnpm", ["exec", "playwright", "install", "chromium"], options)))) return undefined;
  const ask = 'import { chromium } from "@playwright/test"; console.log(chromium.executablePath());';
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", ask], { cwd: e2e, signal });
  return await findRunnable([stdout.trim()], signal);
}

async function installFromSystem(signal: AbortSignal): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, signal, maxBuffer: 64 * 1024 * 1024 };
  await succeeds(run("apt-get", ["update"], options));
  await succeeds(run("apt-get", ["install", "--yes", "--no-install-recommends", "chromium"], options));
  return await findRunnable(defaultPaths, signal);
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return await attempt.then(
    () => true,
    () => false,
  );
}
