import { defineConfig } from "vitest/config";

// One runner for the whole tree: a process per package would fight over the cores.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "api",
          root: "apps/api",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          globalSetup: ["test/harness/postgres-setup.ts"],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      { test: { name: "core", root: "packages/core", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } },
      { test: { name: "sandbox", root: "apps/sandbox", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } },
    ],
  },
});
