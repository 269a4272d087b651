// `pnpm dev`: like `npm start`, and restarts a program, or updates the page in the browser, when a source is saved.
import { join } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { banner } from "./lib/banner.ts";
import { startChild } from "./lib/child.ts";
import { runProcessGroup, errorMessage, type ProcessGroup } from "./lib/process-group.ts";
import { databaseEnvironment, startDatabase } from "./lib/database.ts";
import { explainIgnoredSettings } from "./lib/ignored-settings.ts";
import { turboEnvironment } from "./lib/build.ts";
import { dataFolder, root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { buildProductSettings, productVariables } from "./lib/product-settings.ts";
import { buildServiceKeyEntry, loadServiceKey } from "./lib/secrets.ts";
import { loadSettings } from "./lib/settings.ts";
import { waitUntilReady } from "./lib/wait-until-ready.ts";
import { acquireLockAndPorts } from "./lib/lockfile.ts";
import { askSandbox, sandboxEnvironment, sandboxProgram } from "./lib/sandbox.ts";

const defaultPorts = { PORT: 3000, WEB_PORT: 5173, SANDBOX_PORT: 4000, SANDBOX_TELEGRAM_PORT: 4001 };

try {
  const settings = loadSettings(join(root, ".env"));
  for (const line of explainIgnoredSettings(process.env, settings, productVariables)) console.log(line);
  const ports = readPorts(defaultPorts, process.env);
  const lock = await acquireLockAndPorts("pnpm dev", ports);
  await runProcessGroup({ lock, begin: async (group) => await begin(group, { ports, settings }) });
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}

async function begin(
  group: ProcessGroup,
  { ports, settings }: { ports: typeof defaultPorts; settings: NodeJS.Dict<string> },
): Promise<void> {
  const { PORT, WEB_PORT, ...sandboxPorts } = ports;
  const publicUrl = `http://localhost:${WEB_PORT}`;
  const api = `http://localhost:${PORT}`;
  const own = { PORT: String(PORT), WEB_PORT: String(WEB_PORT), PUBLIC_URL: publicUrl };
  const sandboxSettings = sandboxProgram({
    port: sandboxPorts.SANDBOX_PORT,
    telegramPort: sandboxPorts.SANDBOX_TELEGRAM_PORT,
    publicUrl,
  });
  develop(group, { name: "sandbox", workspaces: ["@patchbay/sandbox"], env: sandboxSettings });
  const [database, sandbox] = await Promise.all([
    startDatabase(group, { name: "patchbay_sandbox", given: undefined }),
    askSandbox(sandboxPorts.SANDBOX_PORT),
  ]);
  const serviceKey = loadServiceKey(join(dataFolder, "service-key"));
  const product = buildProductSettings(process.env, settings, {
    SERVICE_KEYS: buildServiceKeyEntry("npm-start", serviceKey, Object.keys(sandbox.apps)),
  });
  const env = sandboxEnvironment(sandbox, { ...product, ...own, ...databaseEnvironment(database) });
  develop(group, { name: "API or the page", workspaces: ["@patchbay/api", "@patchbay/web"], env });
  await Promise.all([
    waitUntilReady(`${localUrl({ host: process.env["HOST"], port: PORT })}/readyz`, { name: "API" }),
    waitUntilReady(publicUrl, { name: "page" }),
  ]);
  const rows = [
    ["Page", publicUrl],
    ["API", api],
    ["Sandbox", sandbox.url],
    ["Data", database.place],
  ] as const;
  console.log(banner({ rows, people: sandbox.people, serviceKey, api }));
}

type Programs = { name: string; workspaces: readonly string[]; env: NodeJS.ProcessEnv };

function develop(group: ProcessGroup, { name, workspaces, env }: Programs): void {
  const filters = workspaces.map((workspace) => `--filter=${workspace}`);
  const args = ["run", "dev", ...filters, "--env-mode=loose"];
  group.add(startChild({ name, command: "turbo", args, env: turboEnvironment(env), patienceMs: 10_000 }));
}
