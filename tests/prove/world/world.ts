import { createHash, randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { migrate, openDatabase } from "@patchbay/core/db";
import { createSeals, createVault, readKeyring, type Seals } from "@patchbay/core/vault";
import { Pool } from "pg";
import { createApi, type Api } from "./api.ts";
import type { Door } from "./door.ts";
import { watchHistory } from "./history.ts";
import { freePort } from "./ports.ts";
import type { Providers } from "./providers.ts";
import type { Stage } from "./stage.ts";

/** Patchbay with its processes, on a database of its own. */
export interface World extends AsyncDisposable {
  apis: Api[];
  databaseUrl: string;
  /** The environment of its processes. */
  env: Record<string, string>;
  pool: Pool;
  door: Door;
  providers: Providers;
  seals: Seals;
  /** What a back end authorizes itself by. */
  authorization: { authorization: string };
  /** A user who does not sign in. */
  user(): Promise<string>;
}

type Order = { name: string; apis: number; env?: Record<string, string> };

export const newKey = (id: string): string => `${id}:${randomBytes(32).toString("base64")}`;

/** Begins with a sandbox that has forgotten everything. */
export async function openWorld(stage: Stage, { name, apis: count, env = {} }: Order): Promise<World> {
  await stage.door.reset();
  await stage.postgres.createDatabase(name);
  const databaseUrl = stage.postgres.url(name);
  const serviceKey = randomBytes(32).toString("base64");
  const settings = { ...(await environment(stage, { databaseUrl, serviceKey })), ...env };
  const pool = await prepare(databaseUrl);
  const apis: Api[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    const place = {
      name: `api${nth}`,
      port: await freePort(stage.random),
      log: join(stage.folder, `${name}-${nth}.log`),
    };
    apis.push(createApi({ ...place, env: settings }));
  }
  stage.progress.show(`${name}: starting ${count} processes`);
  await Promise.all(apis.map((api) => api.start()));
  return {
    apis,
    databaseUrl,
    env: settings,
    pool,
    door: stage.door,
    providers: stage.providers,
    seals: createSeals(createVault(readKeyring(settings["ENCRYPTION_KEYS"] ?? ""))),
    authorization: { authorization: `Bearer ${serviceKey}` },
    user: once(() => addUser(pool)),
    async [Symbol.asyncDispose]() {
      await Promise.all(apis.map((api) => api.stop()));
      await pool.end();
    },
  };
}

async function prepare(databaseUrl: string): Promise<Pool> {
  const database = openDatabase(databaseUrl, { max: 1 });
  await migrate(database.db, database.pool);
  await database.close();
  const pool = new Pool({ connectionString: databaseUrl, application_name: "prove", max: 8 });
  // Whatever ends a connection that nobody uses is no matter; in use, its query fails.
  pool.on("error", () => {});
  await watchHistory(pool);
  return pool;
}

type Own = { databaseUrl: string; serviceKey: string };

async function environment(stage: Stage, { databaseUrl, serviceKey }: Own): Promise<Record<string, string>> {
  const apps = Object.entries(await stage.door.apps()).flatMap(([id, app]) =>
    Object.entries(app)
      .filter(([, value]) => typeof value === "string" || typeof value === "number")
      .map(([field, value]) => [`${id}_${snake(field)}`.toUpperCase(), String(value)]),
  );
  return {
    ...(Object.fromEntries(apps) as Record<string, string>),
    PUBLIC_URL: stage.publicUrl,
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: newKey("prove"),
    SANDBOX_URL: stage.door.url,
    SERVICE_KEYS: `prove:${createHash("sha256").update(serviceKey).digest("hex")}`,
    SERVICE_CALLS_PER_MINUTE: "10000000",
    LOG_LEVEL: "warn",
    // Processes are started again and again: compiled once is enough.
    NODE_COMPILE_CACHE: join(stage.folder, "compiled"),
  };
}

const snake = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter}`);

async function addUser(pool: Pool): Promise<string> {
  const id = randomUUID();
  await pool.query(`insert into "user" (id, name, email) values ($1, 'Prove', $1 || '@example.com')`, [id]);
  return id;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
