import {
  asWrongDatabase,
  countSealed,
  openDatabase,
  rotateKeys,
  verifySeals,
  WrongDatabase,
  type OpenDatabase,
  type Progress,
} from "@patchbay/core/db";
import { createVault, type Keyring } from "@patchbay/core/vault";
import { ConfigError, readStorage } from "./config/config.ts";
import { forgetSecrets } from "./config/secrets.ts";
import { createMeter, type Meter, type Screen } from "./keys/meter.ts";
import { countOutside, describeKeys, sumRows, formatTable } from "./keys/report.ts";

const usage = "What can be done with the keys: rotate (seal everything under the first), verify (open everything).";
const maxNamed = 100;

/** `rotate` or `verify`. Gives the exit code: 0 where everything opens and, after rotating, lies under the first key. */
export async function runKeys(command: string | undefined, env: NodeJS.ProcessEnv, screen: Screen): Promise<number> {
  const run = commands.get(command ?? "");
  if (run === undefined) {
    screen.write(`${usage}\n`);
    return 2;
  }
  const { databaseUrl, databaseSchema: schema, keys } = readStorage(env);
  forgetSecrets(env);
  // It counts all rows of a table, which may take its time.
  const database = openDatabase(databaseUrl, { schema, max: 2, patienceMs: 600_000 });
  try {
    return await run(database, keys, createMeter(screen));
  } catch (failure) {
    throw asWrongDatabase(failure, databaseUrl);
  } finally {
    await database.close();
  }
}

type Run = (database: OpenDatabase, keys: Keyring, meter: Meter) => Promise<number>;

const commands: ReadonlyMap<string, Run> = new Map<string, Run>([
  ["rotate", rotate],
  ["verify", verify],
]);

async function rotate({ db }: OpenDatabase, keys: Keyring, meter: Meter): Promise<number> {
  const vault = createVault(keys);
  const { resealed, broken } = await rotateKeys(db, { vault, sealing: keys.sealing.id }, progressOn(meter));
  meter.end();
  const counts = await countSealed(db);
  meter.say(`${resealed} sealed anew.`);
  if (broken > 0) meter.say(`${broken} do not open, and were left as they are.`);
  for (const line of describeKeys(counts, keys.ids)) meter.say(line);
  const remaining = countOutside(counts, keys.sealing.id);
  if (remaining > broken) meter.say("Somebody wrote some of them meanwhile: run it again.");
  return remaining > 0 || broken > 0 ? 1 : 0;
}

async function verify({ db }: OpenDatabase, keys: Keyring, meter: Meter): Promise<number> {
  const broken = await verifySeals(db, createVault(keys), progressOn(meter));
  meter.end();
  const counts = await countSealed(db);
  for (const line of formatTable(counts)) meter.say(line);
  meter.say(broken === 0 ? `All ${sumRows(counts)} open.` : `${broken} of ${sumRows(counts)} do not open.`);
  return broken === 0 ? 0 : 1;
}

/** Names what does not open, up to so many: with a key missing that is everything. */
function progressOn(meter: Meter): Progress {
  let shownCount = 0;
  return {
    moved: (done, total) => meter.moved(done, total),
    broken({ table, row }) {
      shownCount += 1;
      if (shownCount <= maxNamed) meter.say(`Does not open: ${table} ${row}`);
      if (shownCount === maxNamed) meter.say("More that do not open are counted, and not named.");
    },
  };
}

if (import.meta.main) {
  try {
    process.exitCode = await runKeys(process.argv[2], process.env, process.stdout);
  } catch (failure) {
    console.error(explain(failure));
    process.exitCode = 1;
  }
}

/** What the operator can mend, without a stack. */
function explain(failure: unknown): unknown {
  const known = failure instanceof ConfigError || failure instanceof WrongDatabase;
  return known ? failure.message : failure;
}
