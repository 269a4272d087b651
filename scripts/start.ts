// `npm start`: everything on this machine, with the sandbox in place of the providers. Real credentials are never used here.
import { join, relative } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { banner } from "./lib/banner.ts";
import { startChild } from "./lib/child.ts";
import { runProcessGroup, errorMessage, type ProcessGroup } from "./lib/process-group.ts";
import { databaseEnvironment, startDatabase } from "./lib/database.ts";
import { explainIgnoredSettings } from "./lib/ignored-settings.ts";
import { buildWorkspaces } from "./lib/build.ts";
import { dataFolder, root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { buildProductSettings, productVariables } from "./lib/product-settings.ts";
import { waitUntilReady } from "./lib/wait-until-ready.ts";
import { acquireLockAndPorts } from "./lib/lockfile.ts";
import { sandboxEnvironment, startSandbox } from "./lib/sandbox.ts";
import { buildServiceKeyEntry, loadServiceKey } from "./lib/secrets.ts";
import { loadSettings } from "./lib/settings.ts";

const defaultPorts = { PORT: 3000, EXAMPLE_PORT: 5100, SANDBOX_PORT: 4000, SANDBOX_TELEGRAM_PORT: 4001 };
const logs = join(dataFolder, "logs");

try {
  const settings = loadSettings(join(root, ".env"));
  for (const line of explainIgnoredSettings(process.env, settings, productVariables)) console.log(line);
  const ports = readPorts(defaultPorts, process.env);
  const lock = await acquireLockAndPorts("npm start", ports);
  await runProcessGroup({ lock, begin: async (group) => await begin(group, { ports, settings }) });
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}

async function begin(
  group: ProcessGroup,
  { ports, settings }: { ports: typeof defaultPorts; settings: NodeJS.Dict<string> },
): Promise<void> {
  const api = `http://localhost:${ports.PORT}`;
  const example = `http://127.0.0.1:${ports.EXAMPLE_PORT}`;
  const [database, sandbox] = await Promise.all([
    startDatabase(group, { name: "patchbay_sandbox", given: undefined }),
    startSandbox(group, { port: ports.SANDBOX_PORT, telegramPort: ports.SANDBOX_TELEGRAM_PORT, publicUrl: api }),
    buildWorkspaces(group, "@patchbay/web", "@patchbay/node"),
  ]);
  const serviceKey = loadServiceKey(join(dataFolder, "service-key"));
  const product = buildProductSettings(process.env, settings, {
    SERVICE_KEYS: buildServiceKeyEntry("npm-start", serviceKey, Object.keys(sandbox.apps)),
    CONNECT_RETURN_URLS: `${example}/connected`,
  });
  // The example's name, as its users read it.
  const own = {
    APP_NAME: "Acme",
    ...product,
    PORT: String(ports.PORT),
    PUBLIC_URL: api,
    ...databaseEnvironment(database),
  };
  startLogged(group, { name: "API", program: "apps/api/src/main.ts", env: sandboxEnvironment(sandbox, own) });
  const env = {
    PATH: process.env["PATH"],
    PORT: String(ports.EXAMPLE_PORT),
    PATCHBAY_URL: api,
    PATCHBAY_KEY: serviceKey,
  };
  startLogged(group, { name: "example", program: "examples/product/src/main.ts", env });
  await Promise.all([
    waitUntilReady(`${localUrl({ host: process.env["HOST"], port: ports.PORT })}/readyz`, { name: "API" }),
    waitUntilReady(`${example}/sign-in`, { name: "example" }),
  ]);
  const rows = [
    ["Page", api],
    ["Example", `${example} is a product whose users connect their accounts here`],
    ["Sandbox", `${sandbox.url} plays every provider; no request leaves this machine`],
    ["Phones", `${sandbox.url}/telegram shows the codes that Telegram sends, and scans QR codes`],
    ["Data", database.place],
    ["Logs", relative(root, logs)],
  ] as const;
  console.log(banner({ rows, people: sandbox.people, serviceKey, api }));
}

/** Starts a program whose output goes into the folder of logs. */
function startLogged(
  group: ProcessGroup,
  { name, program, env }: { name: string; program: string; env: NodeJS.ProcessEnv },
): void {
  const log = join(logs, `${name.toLowerCase()}.log`);
  group.add(startChild({ name, args: [program], env, log, patienceMs: 45_000 }));
}
