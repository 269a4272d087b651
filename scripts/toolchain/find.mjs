import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fetchToolchain } from "./fetch.mjs";

/** @typedef {Record<string, string>} Versions by the tool's name */

/**
 * The running Node and the pnpm on PATH if they are new enough, else those in .toolchain.
 * @param {string} root
 */
export async function findToolchain(root) {
  const wanted = wantedVersions(readFileSync(join(root, "package.json"), "utf8"));
  const home = join(root, ".toolchain");
  const present = fetched(home);
  /** @type {Versions} */
  const missing = {};
  if (!newEnough(wanted["node"])) missing["node"] = wanted["node"] ?? "";
  if (present["pnpm"] === wanted["pnpm"] || !pnpmOnPath(wanted["pnpm"])) missing["pnpm"] = wanted["pnpm"] ?? "";
  const own = Object.keys(missing).length > 0;
  const complete = Object.entries(missing).every(([tool, version]) => present[tool] === version);
  if (!complete) await fetchToolchain(home, missing);
  const bin = join(home, "node_modules", ".bin");
  const node = missing["node"] === undefined ? process.execPath : join(bin, "node");
  return { node, folders: own ? [...new Set([dirname(node), bin])] : [dirname(node)] };
}

/**
 * @param {string} manifest the root's package.json
 * @returns {Versions}
 */
export function wantedVersions(manifest) {
  const { config, packageManager } = JSON.parse(manifest);
  return { node: config.node, pnpm: packageManager.replace("pnpm@", "") };
}

/**
 * The versions in `.toolchain`. The list is written last, so an interrupted fetch has none.
 * @param {string} home
 * @returns {Versions}
 */
function fetched(home) {
  const list = join(home, "node_modules", "versions.json");
  return existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : {};
}

/** @param {string | undefined} wanted */
function newEnough(wanted) {
  return major(process.versions.node) >= major(wanted);
}

/**
 * Runs outside of the repository: inside, a pnpm of another version may switch to the version that package.json names.
 * @param {string | undefined} wanted
 */
function pnpmOnPath(wanted) {
  const env = { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" };
  const { stdout, status } = spawnSync("pnpm", ["--version"], {
    cwd: tmpdir(),
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 10_000,
  });
  return status === 0 && major(stdout) === major(wanted);
}

/** @param {string | undefined} version */
function major(version) {
  return Number.parseInt(version ?? "", 10);
}
