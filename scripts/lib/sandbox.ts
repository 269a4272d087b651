import { join } from "node:path";
import { type Apps, createSandboxClient, type People } from "../../apps/sandbox/src/client.ts";
import { buildEnvironment } from "../../apps/sandbox/src/environment.ts";
import { startChild } from "./child.ts";
import type { ProcessGroup } from "./process-group.ts";
import { withoutDatabases } from "./ignored-settings.ts";
import { dataFolder } from "./paths.ts";
import { waitUntilReady } from "./wait-until-ready.ts";
import { loadSandboxSecrets } from "./secrets.ts";

/** A running sandbox. */
export type Sandbox = { url: string; apps: Apps; people: People };

type Settings = { port: number; telegramPort: number; publicUrl: string };

/** Starts the sandbox. */
export async function startSandbox(group: ProcessGroup, settings: Settings): Promise<Sandbox> {
  const env = sandboxProgram(settings);
  const log = join(dataFolder, "logs", "sandbox.log");
  group.add(startChild({ name: "sandbox", args: ["apps/sandbox/src/main.ts"], env, log }));
  return await askSandbox(settings.port);
}

/** The environment of the sandbox. */
export function sandboxProgram({ port, telegramPort, publicUrl }: Settings): NodeJS.ProcessEnv {
  const ports = { SANDBOX_PORT: String(port), SANDBOX_TELEGRAM_PORT: String(telegramPort) };
  return { ...withoutDatabases(process.env), ...ports, PUBLIC_URL: publicUrl };
}

/** Waits for the sandbox and asks it for its apps and people. */
export async function askSandbox(port: number): Promise<Sandbox> {
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(`${url}/_/apps`, { name: "sandbox" });
  const client = createSandboxClient(url);
  const [apps, people] = await Promise.all([client.listApps(), client.listPeople()]);
  return { url, apps, people };
}

/** The environment without the settings of providers, and their names. */
export function withoutProviders(env: NodeJS.ProcessEnv, providers: readonly string[]): [NodeJS.ProcessEnv, string[]] {
  const prefixes = providers.map((provider) => `${provider.toUpperCase()}_`);
  const isTheirs = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
  const rest = Object.entries(env).filter(([name]) => !isTheirs(name));
  return [Object.fromEntries(rest), Object.keys(env).filter(isTheirs).sort()];
}

/** The environment of the API: the credentials of the sandbox in place of real ones, and secrets of its own. */
export function sandboxEnvironment({ url, apps }: Sandbox, own: NodeJS.Dict<string>): NodeJS.ProcessEnv {
  const [env, ignored] = withoutProviders(withoutDatabases(process.env), Object.keys(apps));
  if (ignored.length > 0) {
    console.log(`Ignoring ${ignored.join(", ")}: they are for pnpm serve. This command uses the sandbox alone.`);
  }
  const secrets = loadSandboxSecrets(join(dataFolder, "secrets.env"));
  return { ...env, NODE_ENV: "development", ...secrets, ...buildEnvironment(apps), ...own, SANDBOX_URL: url };
}
