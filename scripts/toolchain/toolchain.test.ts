import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { digest } from "./dependencies.mjs";
import { wantedVersions } from "./find.mjs";

const files = {
  "package.json": "{}",
  "pnpm-lock.yaml": "lockfileVersion: 9",
  "pnpm-workspace.yaml": "packages:\n  - apps/*\n  - bench\n\ncatalog:\n  pg: 8.23.1\n",
  "apps/api/package.json": "{}",
  "apps/api/node_modules/x": "",
  "bench/package.json": "{}",
  "bench/node_modules/x": "",
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

test("the versions of Node and pnpm are read from the package.json of the root", () => {
  const manifest = JSON.stringify({ packageManager: "pnpm@12.21.0", config: { node: "24.21.0" } });
  expect(wantedVersions(manifest)).toEqual({ node: "24.21.0", pnpm: "12.21.0" });
});

type Change = (root: string) => void;

const changes: readonly (readonly [string, Change])[] = [
  ["the lockfile changes", (root) => write(root, "pnpm-lock.yaml", "other")],
  ["the package.json of a workspace changes", (root) => write(root, "apps/api/package.json", '{"name":"api"}')],
  ["a workspace is added", (root) => write(root, "apps/web/package.json", "{}")],
  [
    "the node_modules of a workspace are removed",
    (root) => rmSync(join(root, "apps/api/node_modules"), { recursive: true }),
  ],
  ["npm installs over pnpm", (root) => write(root, "node_modules/.package-lock.json", "{}")],
];

const changesOfBenchmark: readonly (readonly [string, Change])[] = [
  ["its package.json changes", (root) => write(root, "bench/package.json", '{"name":"bench"}')],
  ["its node_modules are removed", (root) => rmSync(join(root, "bench/node_modules"), { recursive: true })],
];

function isSeen(change: Change, options: { withBenchmark: boolean }): boolean {
  const root = checkout();
  const before = digest(root, options);
  change(root);
  return digest(root, options) !== before;
}

test.each(changes)("the dependencies are installed again when %s", (_, change) => {
  expect(isSeen(change, { withBenchmark: false })).toBe(true);
  expect(isSeen(change, { withBenchmark: true })).toBe(true);
});

test.each(changesOfBenchmark)("the dependencies of the benchmark are installed again when %s", (_, change) => {
  expect(isSeen(change, { withBenchmark: true })).toBe(true);
});

test.each(changesOfBenchmark)(
  "the dependencies of the product stay as they are when of the benchmark %s",
  (_, change) => {
    expect(isSeen(change, { withBenchmark: false })).toBe(false);
  },
);

test("the dependencies stay as they are when a source changes", () => {
  expect(isSeen((root) => write(root, "apps/api/src/main.ts", "changed"), { withBenchmark: true })).toBe(false);
});
