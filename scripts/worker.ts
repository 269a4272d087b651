// `pnpm worker`: background work in a process of its own, beside `pnpm serve` on the same database. Any number may run.
import { join } from "node:path";
import { startChild } from "./lib/child.ts";
import { runCrew, sentence } from "./lib/crew.ts";
import { root } from "./lib/paths.ts";
import { settings } from "./lib/settings.ts";

try {
  const env: NodeJS.ProcessEnv = { NODE_ENV: "production", ...settings(join(root, ".env")), ...process.env };
  if (!env["DATABASE_URL"]) {
    throw new Error(
      "pnpm worker works on the database that pnpm serve uses: name it in DATABASE_URL. " +
        "A pnpm serve without DATABASE_URL does its background work itself.",
    );
  }
  const worker = { name: "worker", args: ["apps/api/src/main.ts", "worker"], env, patienceMs: 45_000 };
  await runCrew({ begin: async (crew) => crew.add(startChild(worker)) });
} catch (error) {
  console.error(sentence(error));
  process.exitCode = 1;
}
