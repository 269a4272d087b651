// `npm start`: everything on this machine, with the sandbox for a world outside. Real credentials are never used here.
import { join, relative } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { banner } from "./lib/banner.ts";
import { startChild } from "./lib/child.ts";
import { runCrew, sentence, type Crew } from "./lib/crew.ts";
import { databaseEnvironment, startDatabase } from "./lib/database.ts";
import { ignoredSentences } from "./lib/ignored.ts";
import { buildPage } from "./lib/page.ts";
import { data, root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { ready } from "./lib/ready.ts";
import { holdWithPorts } from "./lib/run-file.ts";
import { sandboxEnvironment, startSandbox } from "./lib/sandbox.ts";

const usualPorts = { PORT: 3000, SANDBOX_PORT: 4000, SANDBOX_TELEGRAM_PORT: 4001 };

try {
  for (const said of ignoredSentences(process.env, join(root, ".env"))) console.log(said);
  const ports = readPorts(usualPorts, process.env);
  const hold = await holdWithPorts("npm start", ports);
  await runCrew({ hold, begin: async (crew) => await begin(crew, ports) });
} catch (error) {
  console.error(sentence(error));
  process.exitCode = 1;
}

async function begin(crew: Crew, { PORT, SANDBOX_PORT, SANDBOX_TELEGRAM_PORT }: typeof usualPorts): Promise<void> {
  const publicUrl = `http://localhost:${PORT}`;
  const logs = join(data, "logs");
  const [database, sandbox] = await Promise.all([
    startDatabase(crew, { name: "patchbay_sandbox", given: undefined }),
    startSandbox(crew, { port: SANDBOX_PORT, telegramPort: SANDBOX_TELEGRAM_PORT, publicUrl }),
    buildPage(crew),
  ]);
  const own = { PORT: String(PORT), PUBLIC_URL: publicUrl, ...databaseEnvironment(database) };
  const env = sandboxEnvironment(sandbox, own);
  const log = join(logs, "api.log");
  crew.add(startChild({ name: "API", args: ["apps/api/src/main.ts"], env, log, patienceMs: 45_000 }));
  await ready(`${localUrl({ host: process.env["HOST"], port: PORT })}/readyz`, { name: "API" });
  const rows = [
    ["Page", publicUrl],
    ["Sandbox", `${sandbox.url} plays every provider; nothing leaves this machine`],
    ["Phones", `${sandbox.url}/telegram shows the codes that Telegram sends, and scans QR codes`],
    ["Data", database.place],
    ["Logs", relative(root, logs)],
  ] as const;
  console.log(banner(rows, sandbox.people));
}
