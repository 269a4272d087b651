import { createHash, randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { migrate, openDatabase } from "@patchbay/core/db";
import { createSeals, createVault, readKeyring, type Seals } from "@patchbay/core/vault";
import { freePort } from "@patchbay/postgres";
import { Pool } from "pg";
import { createApi, type Api } from "./api.ts";
import type { SandboxClient } from "@patchbay/sandbox/client";
import { watchHistory } from "./history.ts";
import type { Providers } from "./providers.ts";
import type { Stage } from "./stage.ts";

/** Patchbay with its processes, on a database of its own. */
export interface World extends AsyncDisposable {
  apis: Api[];
  databaseUrl: string;
  /** The environment of its processes. */
  env: Record<string, string>;
  pool: Pool;
  control: SandboxClient;
  providers: Providers;
  seals: Seals;
  /** What a back end authorizes itself by. */
  authorization: { authorization: string };
  /** A user who does not sign in. */
  user(): Promise<string>;
}

type Order = { name: string; apis: number; env?: Record<string, string> };

export const newKey = (id: string): string => `${id}:${randomBytes(32).toString("base64")}`;

/** Begins with a sandbox that has forgotten everything. Where it does not come about, nothing of it is left running. */
export async function openWorld(stage: Stage, { name, apis: count, env = {} }: Order): Promise<World> {
  await stage.control.reset();
  await stage.postgres.createDatabase(name);
  const databaseUrl = stage.postgres.url(name);
  const serviceKey = randomBytes(32).toString("base64");
  const settings = { ...(await environment(stage, { databaseUrl, serviceKey })), ...env };
  await using opened = new AsyncDisposableStack();
  const pool = opened.adopt(openPool(databaseUrl), (pool) => pool.end());
  await prepare(databaseUrl, pool);
  const apis = await createApis(stage, { name, count, settings });
  opened.defer(async () => void (await Promise.all(apis.map((api) => api.stop()))));
  stage.progress.show(`${name}: starting ${count} processes`);
  await startAll(apis);
  const kept = opened.move();
  return {
    apis,
    databaseUrl,
    env: settings,
    pool,
    control: stage.control,
    providers: stage.providers,
    seals: createSeals(createVault(readKeyring(settings["ENCRYPTION_KEYS"] ?? ""))),
    authorization: { authorization: `Bearer ${serviceKey}` },
    user: once(() => addUser(pool)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

type Places = { name: string; count: number; settings: Record<string, string> };

/** A port and a log for each process. */
async function createApis({ random, folder }: Stage, { name, count, settings }: Places): Promise<Api[]> {
  const apis: Api[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    const [port, log] = [await freePort(random), join(folder, `${name}-${nth}.log`)];
    apis.push(createApi({ name: `api${nth}`, port, log, env: settings }));
  }
  return apis;
}

/** Also where one does not start, the others are waited for: who is being started cannot be stopped. */
async function startAll(apis: readonly Api[]): Promise<void> {
  const starts = apis.map((api) => api.start());
  await Promise.allSettled(starts);
  await Promise.all(starts);
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, application_name: "prove", max: 8, options: "-c search_path=patchbay" });
  // Whatever ends a connection that nobody uses is no matter; in use, its query fails.
  pool.on("error", () => {});
  return pool;
}

async function prepare(databaseUrl: string, pool: Pool): Promise<void> {
  const database = openDatabase(databaseUrl, { max: 1 });
  try {
    await migrate(database.db);
  } finally {
    await database.close();
  }
  await watchHistory(pool);
}

type Own = { databaseUrl: string; serviceKey: string };

async function environment(stage: Stage, { databaseUrl, serviceKey }: Own): Promise<Record<string, string>> {
  return {
    ...(await stage.control.getEnvironment()),
    PUBLIC_URL: stage.publicUrl,
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: newKey("prove"),
    SANDBOX_URL: stage.control.url,
    SERVICE_KEYS: `prove:${createHash("sha256").update(serviceKey).digest("hex")}`,
    SERVICE_CALLS_PER_MINUTE: "10000000",
    LOG_LEVEL: "warn",
    // Processes are started again and again: compiled once is enough.
    NODE_COMPILE_CACHE: join(stage.folder, "compiled"),
  };
}

async function addUser(pool: Pool): Promise<string> {
  const id = randomUUID();
  await pool.query(`insert into "user" (id, name, email) values ($1, 'Prove', $1 || '@example.com')`, [id]);
  return id;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
