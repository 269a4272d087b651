import { join } from "node:path";
import { defineConfig } from "vitest/config";

const postgresSetup = join(import.meta.dirname, "apps/api/test/harness/postgres-setup.ts");
const underLoad = ["test/attacks/flood.test.ts"];

// One runner for the whole tree: a process per package would fight over the cores.
export default defineConfig({
  test: {
    // Most of what these tests do is to wait. By itself vitest leaves a core free, which of two is half.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "api",
          root: "apps/api",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: underLoad,
          globalSetup: [postgresSetup],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        // They ask what a loaded process still does: after all others, so that the load is theirs alone.
        test: {
          name: "load",
          root: "apps/api",
          include: underLoad,
          globalSetup: [postgresSetup],
          sequence: { groupOrder: 1 },
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: "core",
          root: "packages/core",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "mtproto-server",
          root: "packages/mtproto-server",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      { test: { name: "example", root: "examples/product", include: ["test/**/*.test.ts"] } },
      { test: { name: "node", root: "packages/node", include: ["test/**/*.test.ts"], testTimeout: 20_000 } },
      { test: { name: "postgres", root: "packages/postgres", include: ["test/**/*.test.ts"], testTimeout: 20_000 } },
      { test: { name: "prove", root: "tests/prove", include: ["**/*.test.ts"] } },
      {
        test: {
          name: "sandbox",
          root: "apps/sandbox",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      { test: { name: "scripts", root: "scripts", include: ["**/*.test.ts"], testTimeout: 20_000 } },
      {
        test: {
          name: "web",
          root: "apps/web",
          environment: "happy-dom",
          include: ["src/**/*.test.{ts,tsx}"],
          testTimeout: 20_000,
        },
      },
    ],
  },
});
