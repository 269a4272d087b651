import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSeals, createVault, readKeyring } from "@patchbay/core/vault";
import type { Random } from "../run/random.ts";
import type { Report } from "../run/report.ts";
import { connectMany, expire, type Connected } from "../world/grants.ts";
import { startProgram } from "../world/program.ts";
import type { Stage } from "../world/stage.ts";
import { askAnyone } from "../world/token.ts";
import { tryAll } from "./standing.ts";
import { newKey, openWorld, type World } from "../world/world.ts";

const readers = 8;
/** With fewer, the rotation would be over before it could be killed in its middle. */
const leastRows = 4_000;
const kinds = ["calendly", "zoom", "shopify", "paypal"] as const;

interface Reading {
  read: number;
  /** Those that were renewed meanwhile: a rotation that overtook one would have brought its old tokens back. */
  refreshed: Set<Connected>;
  failed: object[];
  /** Then they read, and have renewed, as fast as they can. */
  rotating: boolean;
}

/** The whole change of a key as docs/keys.md has it, while back ends read, with the rotation killed in its middle. */
export async function keys(stage: Stage, report: Report): Promise<void> {
  const [old, fresh] = [newKey("old"), newKey("new")];
  const rows = Math.max(leastRows, Math.round(10_000 * stage.options.scale));
  await using world = await openWorld(stage, { name: "keys", apis: 2, env: { ENCRYPTION_KEYS: old, WORKERS: "2" } });
  const connections = await connectAll(world, rows);
  const over = new AbortController();
  const reading: Reading = { read: 0, refreshed: new Set(), failed: [], rotating: false };
  const load = Array.from({ length: readers }, (_, nth) =>
    readOn(world, { connections, random: stage.random.branch(`reader ${nth}`), until: over.signal }, reading),
  );
  const changing = change(stage, world, { old, fresh, rows, reading }).finally(() => over.abort());
  const [changed] = await Promise.all([changing, ...load]);
  const seals = createSeals(createVault(readKeyring(fresh)));
  const standings = await tryAll({ ...world, seals }, [...reading.refreshed]);
  report.tell("reads meanwhile", reading.read);
  report.tell("connections renewed meanwhile", standings.length);
  report.none(
    "of these, lost",
    standings.filter(({ status, alive }) => status !== "active" || !alive),
  );
  report.none("failed reads", reading.failed);
  report.atLeast("secrets that the rotation had moved when it was killed", { value: changed.moved, bound: 1 });
  report.atLeast("secrets that it left under the old key", { value: changed.unmoved, bound: 1 });
  report.exactly("exit code of the rotation that was killed", { value: changed.killed, wanted: 137 });
  report.exactly("exit code of the second rotation", { value: changed.rotated, wanted: 0 });
  report.exactly("exit code of keys verify", { value: changed.verified, wanted: 0 });
  report.exactly("secrets under another than the new key", { value: changed.left, wanted: 0 });
  report.exactly("exit code of keys verify, with the new key alone", { value: changed.verifiedAlone, wanted: 0 });
}

async function connectAll(world: World, rows: number): Promise<Connected[]> {
  const made = [];
  for (const kind of kinds) {
    const order = { provider: world.providers[kind], count: Math.floor(rows / kinds.length), prefix: "keys" };
    made.push(...(await connectMany(world, order)));
  }
  return made;
}

type Reader = { connections: readonly Connected[]; random: Random; until: AbortSignal };

async function readOn(world: World, { connections, random, until }: Reader, reading: Reading): Promise<void> {
  while (!until.aborted) {
    const one = random.pick(connections);
    const { connection, credential, provider } = one;
    const refreshes = random.chance(reading.rotating ? 0.5 : 0.2);
    if (refreshes) await expire(world, [credential]);
    const { status, text } = await askAnyone(world, connection, random);
    reading.read += 1;
    if (refreshes) reading.refreshed.add(one);
    if (status !== 200) reading.failed.push({ status, text, connection, provider: provider.id });
    await sleep(reading.rotating ? 5 : random.between(30, 80));
  }
}

type Change = { old: string; fresh: string; rows: number; reading: Reading };

async function change(stage: Stage, world: World, { old, fresh, rows, reading }: Change) {
  const run = (command: string, ring: string) => runKeys(stage, world, { command, ring });
  await restartEach(stage, world, `${old},${fresh}`);
  await restartEach(stage, world, `${fresh},${old}`);
  stage.progress.show("keys: rotating");
  reading.rotating = true;
  const first = run("rotate", `${fresh},${old}`);
  for (let tries = 0; tries < 6000 && !first.gone; tries += 1) {
    if ((await movedAlone(world)) > rows * 0.2) break;
    await sleep(5);
  }
  first.kill("SIGKILL");
  const killed = await first.exited;
  const [moved, unmoved] = [await movedAlone(world), await under(world, "old")];
  const rotated = await run("rotate", `${fresh},${old}`).exited;
  reading.rotating = false;
  const left = (await sealed(world)) - (await under(world, "new"));
  const verified = await run("verify", `${fresh},${old}`).exited;
  await restartEach(stage, world, fresh);
  const verifiedAlone = await run("verify", fresh).exited;
  return { killed, moved, unmoved, rotated, left, verified, verifiedAlone };
}

/** One after the other, so that somebody always answers. */
async function restartEach({ progress }: Stage, { apis }: World, ring: string): Promise<void> {
  for (const api of apis) {
    progress.show(`keys: restarting with ${ring.replaceAll(/:[^,]+/g, "")}`);
    api.configure({ ENCRYPTION_KEYS: ring });
    await api.stop();
    await api.start();
  }
}

function runKeys({ folder }: Stage, world: World, { command, ring }: { command: string; ring: string }) {
  return startProgram({
    script: "apps/api/src/keys.ts",
    args: [command],
    env: { DATABASE_URL: world.databaseUrl, ENCRYPTION_KEYS: ring },
    log: join(folder, "keys-program.log"),
  });
}

/** Where secrets are, by the id of the key that each names in its head. */
const secrets = `
  (select secret as blob from credential union all select canary from installation
   union all select unnest(array[provider_state, authorization_response, current_step]) from attempt) s where blob is not null`;

async function under({ pool }: World, key: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from ${secrets} and substring(blob from 3 for get_byte(blob, 1)) = $1::bytea`,
    [Buffer.from(key)],
  );
  return rows[0]?.count ?? 0;
}

/** Credentials under the new key that nobody has renewed: the rotation put them there, and no reader did. */
async function movedAlone({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from credential
     where version = 1 and substring(secret from 3 for get_byte(secret, 1)) = 'new'`,
  );
  return rows[0]?.count ?? 0;
}

async function sealed({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from ${secrets}`);
  return rows[0]?.count ?? 0;
}
