import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./quietly.mjs";

/** What only the benchmark needs: the programs that it compares Patchbay with. */
const benchmark = "bench";

/**
 * Runs `pnpm install`, unless nothing that it depends on has changed since the last one that succeeded. Without
 * `withBenchmark`, what only the benchmark needs is left out; what an earlier run has installed of it stays.
 * @param {string} root
 * @param {{ env: NodeJS.ProcessEnv; withBenchmark: boolean }} options
 */
export async function installDependencies(root, { env, withBenchmark }) {
  const modules = join(root, "node_modules");
  const stamp = join(modules, ".patchbay-install");
  const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (installed === digest(root, { withBenchmark: true })) return;
  if (!withBenchmark && installed === digest(root, { withBenchmark })) return;
  console.log("Installing dependencies…");
  if (existsSync(modules) && !madeByPnpm(modules)) rmSync(modules, { recursive: true });
  rmSync(stamp, { force: true });
  const filter = withBenchmark ? [] : ["--filter", `!./${benchmark}`];
  await quietly("pnpm", ["install", "--frozen-lockfile", ...filter], {
    cwd: root,
    env: { ...env, CI: "true" },
    failure: "The dependencies could not be installed.",
  });
  writeFileSync(stamp, digest(root, { withBenchmark }));
}

/**
 * A digest of everything that decides what is installed, and of whether it is still there.
 * @param {string} root
 * @param {{ withBenchmark: boolean }} options
 */
export function digest(root, { withBenchmark }) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc"]) add(hash, join(root, file));
  for (const folder of workspaces(root).filter((folder) => withBenchmark || folder !== benchmark)) {
    add(hash, join(root, folder, "package.json"));
    hash.update(String(existsSync(join(root, folder, "node_modules"))));
  }
  return hash.update(String(madeByPnpm(join(root, "node_modules")))).digest("hex");
}

/**
 * @param {import("node:crypto").Hash} hash
 * @param {string} file
 */
function add(hash, file) {
  hash.update(`\0${file}\0`);
  if (existsSync(file)) hash.update(readFileSync(file));
}

/**
 * False if npm has installed anything, for it leaves a list of its own.
 * @param {string} modules
 */
function madeByPnpm(modules) {
  return existsSync(join(modules, ".modules.yaml")) && !existsSync(join(modules, ".package-lock.json"));
}

/**
 * The folders of the workspaces that pnpm-workspace.yaml lists, as `- apps/*` or `- bench`.
 * @param {string} root
 */
function workspaces(root) {
  const list =
    /^packages:\n((?: {2}- .*\n)*)/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"))?.[1] ?? "";
  const patterns = [...list.matchAll(/- "?([^"\n]+)"?/g)].map(([, pattern = ""]) => pattern);
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const folder = pattern.slice(0, -2);
    if (!existsSync(join(root, folder))) return [];
    return readdirSync(join(root, folder))
      .sort()
      .map((name) => `${folder}/${name}`);
  });
}
