// `pnpm serve`: production, with the real providers. The API itself checks the configuration.
import { join } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { startChild } from "./lib/child.ts";
import { runProcessGroup, errorMessage, type ProcessGroup } from "./lib/process-group.ts";
import { databaseEnvironment, shareDatabase, startDatabase } from "./lib/database.ts";
import { buildWorkspaces } from "./lib/build.ts";
import { root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { waitUntilReady } from "./lib/wait-until-ready.ts";
import { acquireLockAndPorts } from "./lib/lockfile.ts";
import { loadSettings } from "./lib/settings.ts";

const defaultPorts = { PORT: 3000 };

try {
  const env = { NODE_ENV: "production", ...loadSettings(join(root, ".env")), ...process.env };
  const ports = readPorts(defaultPorts, env);
  // Any number may run, each on a port of its own, so each has a lock file of its own.
  const lock = await acquireLockAndPorts("pnpm serve", ports, `serve-${ports.PORT}.json`);
  await runProcessGroup({ lock, begin: async (group) => await begin(group, { env, port: ports.PORT }) });
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}

async function begin(group: ProcessGroup, { env, port }: { env: NodeJS.ProcessEnv; port: number }): Promise<void> {
  const [database] = await Promise.all([
    env["DATABASE_URL"]
      ? startDatabase(group, { name: "patchbay", given: env["DATABASE_URL"] })
      : shareDatabase(group, "patchbay"),
    buildWorkspaces(group, "@patchbay/web"),
  ]);
  if (database.own)
    console.log(`DATABASE_URL is not set: Patchbay uses a PostgreSQL of its own, in ${database.place}.`);
  const own = { ...env, PORT: String(port), ...databaseEnvironment(database) };
  group.add(startChild({ name: "API", args: ["apps/api/src/main.ts"], env: own, patienceMs: 45_000 }));
  // The API waits a minute for a database that does not answer, and then says itself what is wrong.
  await waitUntilReady(`${localUrl({ host: env["HOST"], port })}/readyz`, { name: "API", patienceMs: 120_000 });
  console.log(
    `Patchbay serves ${env["PUBLIC_URL"] || `http://localhost:${port}`} on ${env["HOST"] || "127.0.0.1"}, port ${port}.`,
  );
}
