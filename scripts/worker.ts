// `pnpm worker`: does the background work in a process of its own, on the database of `pnpm serve`. Any number may run.
import { join } from "node:path";
import { startChild } from "./lib/child.ts";
import { runProcessGroup, errorMessage } from "./lib/process-group.ts";
import { root } from "./lib/paths.ts";
import { loadSettings } from "./lib/settings.ts";

try {
  const env: NodeJS.ProcessEnv = { NODE_ENV: "production", ...loadSettings(join(root, ".env")), ...process.env };
  if (!env["DATABASE_URL"]) {
    throw new Error(
      "pnpm worker needs DATABASE_URL: the database that pnpm serve uses. " +
        "Without DATABASE_URL, pnpm serve does the background work itself.",
    );
  }
  const worker = { name: "worker", args: ["apps/api/src/main.ts", "worker"], env, patienceMs: 45_000 };
  await runProcessGroup({ begin: async (group) => group.add(startChild(worker)) });
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}
