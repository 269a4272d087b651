import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./quietly.mjs";

/**
 * `pnpm install`, skipped where nothing it depends on has changed since the last good one.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
export async function installDependencies(root, env) {
  const modules = join(root, "node_modules");
  const stamp = join(modules, ".patchbay-install");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest(root)) return;
  console.log("Installing dependencies…");
  if (existsSync(modules) && !madeByPnpm(modules)) rmSync(modules, { recursive: true });
  rmSync(stamp, { force: true });
  await quietly("pnpm", ["install", "--frozen-lockfile"], {
    cwd: root,
    env: { ...env, CI: "true" },
    failure: "The dependencies could not be installed.",
  });
  writeFileSync(stamp, digest(root));
}

/**
 * What the installed state follows from, and whether it is still there.
 * @param {string} root
 */
export function digest(root) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc"]) add(hash, join(root, file));
  for (const folder of workspaces(root)) {
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
 * npm leaves a list of its own in what it installs, also where it did so over pnpm's.
 * @param {string} modules
 */
function madeByPnpm(modules) {
  return existsSync(join(modules, ".modules.yaml")) && !existsSync(join(modules, ".package-lock.json"));
}

/** @param {string} root */
function workspaces(root) {
  const globs = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8").matchAll(/^ {2}- "?([\w/-]+)\/\*"?$/gm);
  return [...globs].flatMap(([, folder = ""]) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .sort()
          .map((name) => `${folder}/${name}`)
      : [],
  );
}
