import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./quietly.mjs";

/**
 * Fetches Node and pnpm from the npm registry, where both are ordinary packages. It runs no install script: the packages
 * of each platform contain the binaries.
 * @param {string} home
 * @param {import("./find.mjs").Versions} versions
 */
export async function fetchToolchain(home, versions) {
  const names = Object.entries(versions).map(([tool, version]) => `${tool} ${version}`);
  console.log(`Fetching ${names.join(" and ")} into .toolchain (once)…`);
  const draft = join(home, `draft-${process.pid}`);
  removeDrafts(home);
  mkdirSync(draft, { recursive: true });
  await quietly("npm", ["install", "--prefix", draft, ...flags, ...packages(versions)], {
    failure: `${names.join(" and ")} could not be fetched from the npm registry.`,
  });
  if (versions["pnpm"] !== undefined) linkPnpm(join(draft, "node_modules"));
  writeFileSync(join(draft, "node_modules", "versions.json"), JSON.stringify(versions));
  putInPlace(home, draft);
}

const flags = [
  "--no-save",
  "--no-package-lock",
  "--ignore-scripts",
  "--include=optional",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=3000",
];

/** @param {import("./find.mjs").Versions} versions */
function packages({ node, pnpm }) {
  const { platform, arch } = process;
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  return [node && `${prefix}-${platform}-${arch}@${node}`, pnpm && `pnpm@${pnpm}`].filter((name) => name !== undefined);
}

/**
 * Replaces the link of the package, which only its install script would complete.
 * @param {string} modules
 */
function linkPnpm(modules) {
  const exe = readdirSync(join(modules, "@pnpm")).find((name) => name.startsWith("exe."));
  if (exe === undefined) throw new Error(`There is no pnpm for ${process.platform} on ${process.arch}.`);
  const link = join(modules, ".bin", "pnpm");
  rmSync(link, { force: true });
  symlinkSync(join("..", "@pnpm", exe, "pnpm"), link);
}

/**
 * @param {string} home
 * @param {string} draft
 */
function putInPlace(home, draft) {
  const modules = join(home, "node_modules");
  if (existsSync(modules)) renameSync(modules, join(draft, "replaced"));
  renameSync(join(draft, "node_modules"), modules);
  rmSync(draft, { recursive: true });
}

/**
 * Removes what killed fetches have left.
 * @param {string} home
 */
function removeDrafts(home) {
  if (!existsSync(home)) return;
  const drafts = readdirSync(home).filter((name) => name.startsWith("draft-"));
  for (const draft of drafts) if (!isAlive(Number(draft.slice(6)))) rmSync(join(home, draft), { recursive: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
