// `pnpm serve`: production. The real providers, no sandbox; the API itself judges the configuration.
import { join } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { startChild } from "./lib/child.ts";
import { runCrew, sentence, type Crew } from "./lib/crew.ts";
import { databaseEnvironment, shareDatabase, startDatabase } from "./lib/database.ts";
import { buildPage } from "./lib/page.ts";
import { root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { ready } from "./lib/ready.ts";
import { holdWithPorts } from "./lib/run-file.ts";
import { settings } from "./lib/settings.ts";

const usualPorts = { PORT: 3000 };

try {
  const env = { NODE_ENV: "production", ...settings(join(root, ".env")), ...process.env };
  const ports = readPorts(usualPorts, env);
  // Any number, each on its port.
  const hold = await holdWithPorts("pnpm serve", ports, `serve-${ports.PORT}.json`);
  await runCrew({ hold, begin: async (crew) => await begin(crew, { env, port: ports.PORT }) });
} catch (error) {
  console.error(sentence(error));
  process.exitCode = 1;
}

async function begin(crew: Crew, { env, port }: { env: NodeJS.ProcessEnv; port: number }): Promise<void> {
  const [database] = await Promise.all([
    env["DATABASE_URL"]
      ? startDatabase(crew, { name: "patchbay", given: env["DATABASE_URL"] })
      : shareDatabase(crew, "patchbay"),
    buildPage(crew),
  ]);
  if (database.own) console.log(`No DATABASE_URL: using a PostgreSQL of our own, in ${database.place}.`);
  const own = { ...env, PORT: String(port), ...databaseEnvironment(database) };
  crew.add(startChild({ name: "API", args: ["apps/api/src/main.ts"], env: own, patienceMs: 45_000 }));
  // It waits a minute for a database that is away, and then says itself what is wrong.
  await ready(`${localUrl({ host: env["HOST"], port })}/readyz`, { name: "API", patienceMs: 120_000 });
  console.log(
    `Patchbay serves ${env["PUBLIC_URL"] || `http://localhost:${port}`} on ${env["HOST"] || "127.0.0.1"}, port ${port}.`,
  );
}
