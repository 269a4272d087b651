import { randomBytes } from "node:crypto";
import { createSeals, createVault, type Seals } from "@patchbay/core/vault";
import { freePort } from "@patchbay/postgres";
import { createSandbox, type Sandbox } from "@patchbay/sandbox";
import { readConfig, type Config } from "../../src/config/config.ts";
import { start, type Running } from "../../src/main.ts";
import { Browser } from "./browser.ts";
import { forServing, newDatabase, query } from "./database.ts";
import { createSandboxControl, type SandboxControl } from "./sandbox-control.ts";
import { createMemoryLog } from "./memory-log.ts";

/** Patchbay on a database of its own, beside a sandbox of its own. */
export interface World extends AsyncDisposable {
  url: string;
  config: Config;
  /** For the owner of its tables. */
  databaseUrl: string;
  sandbox: Sandbox;
  control: SandboxControl;
  /** What the database holds sealed, to look inside. */
  seals: Seals;
  /** Everything that was logged. */
  logged(): string;
  /** A browser that nobody has used. */
  browser(): Browser;
  /** A browser in which a new user is signed in. */
  signedIn(): Promise<Browser>;
  /** Another API process on the same database. */
  another(change?: Partial<Config>): Promise<Running>;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

type Environment = Record<string, string | undefined>;
type Options = {
  /** What is configured otherwise than usual, for the URL where it will listen. */
  env?: Environment | ((url: string) => Environment);
  /** Whether the sandbox plays Telegram too. */
  telegram?: boolean;
};

export async function createWorld({ env = {}, telegram = false }: Options = {}): Promise<World> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const [sandbox, databaseUrl] = await Promise.all([
    createSandbox({ port: 0, appOrigins: [url], ...(telegram && { telegramPort: 0 }) }),
    newDatabase(),
  ]);
  const control = createSandboxControl(sandbox.url);
  const config = readConfig({
    PORT: String(port),
    DATABASE_URL: forServing(databaseUrl),
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString("base64")}`,
    SANDBOX_URL: sandbox.url,
    // So that each browser can come from an address of its own, and not run into another's limit.
    TRUST_PROXY: "1",
    ...(await control.getEnvironment()),
    ...(typeof env === "function" ? env(url) : env),
  });
  const { log, logged } = createMemoryLog();
  const running = await start(config, log);
  const world: World = {
    url,
    config,
    databaseUrl,
    sandbox,
    control,
    seals: createSeals(createVault(config.keys)),
    logged,
    browser: () => new Browser(url),
    async signedIn() {
      const browser = new Browser(url);
      await browser.signUp();
      return browser;
    },
    another: async (change = {}) => await start({ ...config, port: await freePort(), ...change }, log),
    sql: (text, values) => query(databaseUrl, text, values),
    async [Symbol.asyncDispose]() {
      await running.stop();
      await sandbox.close();
    },
  };
  return world;
}
