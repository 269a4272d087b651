// `npm start`: everything on this machine, with the sandbox in place of the providers. Real credentials are never used here.
import { join, relative } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { banner } from "./lib/banner.ts";
import { startChild } from "./lib/child.ts";
import { runProcessGroup, errorMessage, type ProcessGroup } from "./lib/process-group.ts";
import { databaseEnvironment, startDatabase } from "./lib/database.ts";
import { explainIgnoredSettings } from "./lib/ignored-settings.ts";
import { buildPage } from "./lib/page.ts";
import { dataFolder, root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { waitUntilReady } from "./lib/wait-until-ready.ts";
import { acquireLockAndPorts } from "./lib/lockfile.ts";
import { sandboxEnvironment, startSandbox } from "./lib/sandbox.ts";

const defaultPorts = { PORT: 3000, SANDBOX_PORT: 4000, SANDBOX_TELEGRAM_PORT: 4001 };

try {
  for (const line of explainIgnoredSettings(process.env, join(root, ".env"))) console.log(line);
  const ports = readPorts(defaultPorts, process.env);
  const lock = await acquireLockAndPorts("npm start", ports);
  await runProcessGroup({ lock, begin: async (group) => await begin(group, ports) });
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}

async function begin(
  group: ProcessGroup,
  { PORT, SANDBOX_PORT, SANDBOX_TELEGRAM_PORT }: typeof defaultPorts,
): Promise<void> {
  const publicUrl = `http://localhost:${PORT}`;
  const logs = join(dataFolder, "logs");
  const [database, sandbox] = await Promise.all([
    startDatabase(group, { name: "patchbay_sandbox", given: undefined }),
    startSandbox(group, { port: SANDBOX_PORT, telegramPort: SANDBOX_TELEGRAM_PORT, publicUrl }),
    buildPage(group),
  ]);
  const own = { PORT: String(PORT), PUBLIC_URL: publicUrl, ...databaseEnvironment(database) };
  const env = sandboxEnvironment(sandbox, own);
  const log = join(logs, "api.log");
  group.add(startChild({ name: "API", args: ["apps/api/src/main.ts"], env, log, patienceMs: 45_000 }));
  await waitUntilReady(`${localUrl({ host: process.env["HOST"], port: PORT })}/readyz`, { name: "API" });
  const rows = [
    ["Page", publicUrl],
    ["Sandbox", `${sandbox.url} plays every provider; no request leaves this machine`],
    ["Phones", `${sandbox.url}/telegram shows the codes that Telegram sends, and scans QR codes`],
    ["Data", database.place],
    ["Logs", relative(root, logs)],
  ] as const;
  console.log(banner(rows, sandbox.people));
}
