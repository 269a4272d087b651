import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { digest } from "./dependencies.mjs";
import { wantedVersions } from "./find.mjs";

const files = {
  "package.json": "{}",
  "pnpm-lock.yaml": "lockfileVersion: 9",
  "pnpm-workspace.yaml": "packages:\n  - apps/*\n",
  "apps/api/package.json": "{}",
  "apps/api/node_modules/x": "",
  "node_modules/.modules.yaml": "",
};

function checkout(): string {
  const root = mkdtempSync(join(tmpdir(), "patchbay-checkout-"));
  for (const [path, content] of Object.entries(files)) write(root, path, content);
  return root;
}

function write(root: string, path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

test("what is wanted stands in the root's package.json", () => {
  const manifest = JSON.stringify({ packageManager: "pnpm@12.21.0", config: { node: "24.21.0" } });
  expect(wantedVersions(manifest)).toEqual({ node: "24.21.0", pnpm: "12.21.0" });
});

test.each([
  ["the lockfile changes", (root: string) => write(root, "pnpm-lock.yaml", "other")],
  ["a workspace's package.json changes", (root: string) => write(root, "apps/api/package.json", '{"name":"api"}')],
  ["a workspace comes", (root: string) => write(root, "apps/web/package.json", "{}")],
  [
    "a workspace's node_modules are gone",
    (root: string) => rmSync(join(root, "apps/api/node_modules"), { recursive: true }),
  ],
  ["npm installs over it", (root: string) => write(root, "node_modules/.package-lock.json", "{}")],
])("the dependencies are installed again when %s", (_, change) => {
  const root = checkout();
  const before = digest(root);
  change(root);
  expect(digest(root)).not.toBe(before);
});

test("they are not when a source changes", () => {
  const root = checkout();
  const before = digest(root);
  write(root, "apps/api/src/main.ts", "changed");
  expect(digest(root)).toBe(before);
});
