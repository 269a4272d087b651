import { join } from "node:path";
import { type Apps, environmentOf } from "../../apps/sandbox/src/environment.ts";
import { startChild } from "./child.ts";
import type { Crew } from "./crew.ts";
import { withoutDatabases } from "./ignored.ts";
import { data } from "./paths.ts";
import { ready } from "./ready.ts";
import { ownSecrets } from "./secrets.ts";

/** One of the sandbox's people, or shops, with what is typed to be them. */
export type Person = {
  person?: string;
  name?: string;
  typed?: string;
  shop?: string;
  phone?: string;
  password?: string;
};
export type People = Record<string, Person[]>;
export type Sandbox = { url: string; apps: Apps; people: People };

type Settings = { port: number; telegramPort: number; publicUrl: string };

/** Starts the sandbox and asks it who it plays. */
export async function startSandbox(crew: Crew, settings: Settings): Promise<Sandbox> {
  const env = sandboxProgram(settings);
  const log = join(data, "logs", "sandbox.log");
  crew.add(startChild({ name: "sandbox", args: ["apps/sandbox/src/main.ts"], env, log }));
  return await askSandbox(settings.port);
}

/** The sandbox's environment. */
export function sandboxProgram({ port, telegramPort, publicUrl }: Settings): NodeJS.ProcessEnv {
  const ports = { SANDBOX_PORT: String(port), SANDBOX_TELEGRAM_PORT: String(telegramPort) };
  return { ...withoutDatabases(process.env), ...ports, PUBLIC_URL: publicUrl };
}

export async function askSandbox(port: number): Promise<Sandbox> {
  const url = `http://127.0.0.1:${port}`;
  await ready(`${url}/_/apps`, { name: "sandbox" });
  const [apps, people] = await Promise.all([ask(`${url}/_/apps`), ask(`${url}/_/people`)]);
  return { url, apps: apps as Apps, people: people as People };
}

async function ask(url: string): Promise<unknown> {
  return await (await fetch(url)).json();
}

/** An environment without any provider's settings, and the names of those it had. */
export function withoutProviders(env: NodeJS.ProcessEnv, providers: readonly string[]): [NodeJS.ProcessEnv, string[]] {
  const prefixes = providers.map((provider) => `${provider.toUpperCase()}_`);
  const isTheirs = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
  const rest = Object.entries(env).filter(([name]) => !isTheirs(name));
  return [Object.fromEntries(rest), Object.keys(env).filter(isTheirs).sort()];
}

/** What the API is given: the sandbox's credentials in place of any real ones, and secrets of its own. */
export function sandboxEnvironment({ url, apps }: Sandbox, own: NodeJS.Dict<string>): NodeJS.ProcessEnv {
  const [env, ignored] = withoutProviders(withoutDatabases(process.env), Object.keys(apps));
  if (ignored.length > 0) {
    console.log(`Ignoring ${ignored.join(", ")}: here the sandbox is used alone. The real ones are for pnpm serve.`);
  }
  const secrets = ownSecrets(join(data, "secrets.env"));
  return { ...env, NODE_ENV: "development", ...secrets, ...environmentOf(apps), ...own, SANDBOX_URL: url };
}
