// `pnpm keys rotate` and `pnpm keys verify`: see docs/keys.md. With --sandbox, they work on the data of `npm start`.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findPostgres } from "../packages/postgres/src/index.ts";
import { startChild } from "./lib/child.ts";
import { ExitCode, runProcessGroup, errorMessage, type ProcessGroup } from "./lib/process-group.ts";
import { startDatabase } from "./lib/database.ts";
import { explainIgnoredSettings, withoutDatabases } from "./lib/ignored-settings.ts";
import { dataFolder, root } from "./lib/paths.ts";
import { acquireLock } from "./lib/lockfile.ts";
import { loadSettings } from "./lib/settings.ts";

try {
  const options = { sandbox: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const kind = values.sandbox ? sandboxKind() : liveKind();
  const running = await findDatabase(kind);
  const lock = running === undefined ? await acquireLock(dataFolder, "pnpm keys") : undefined;
  const begin = async (group: ProcessGroup): Promise<never> => {
    const DATABASE_URL = running ?? (await ownDatabase(group, kind));
    const args = ["apps/api/src/keys.ts", ...positionals];
    const { code } = await group.finish(startChild({ name: "keys", args, env: { ...kind.env, DATABASE_URL } }));
    throw new ExitCode(code);
  };
  await runProcessGroup({ ...(lock && { lock }), begin, interrupted: 130 });
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}

async function ownDatabase(group: ProcessGroup, { database }: Kind): Promise<string> {
  const { url, ownerUrl } = await startDatabase(group, { name: database, given: undefined });
  return ownerUrl ?? url;
}

/** The data to work on: its environment, and the name of its database. */
type Kind = { env: NodeJS.ProcessEnv; database: string };

function liveKind(): Kind {
  return { env: { ...loadSettings(join(root, ".env")), ...process.env }, database: "patchbay" };
}

function sandboxKind(): Kind {
  const env = { ...withoutDatabases(process.env), ...loadSettings(join(dataFolder, "secrets.env")) };
  for (const line of explainIgnoredSettings(process.env, loadSettings(join(root, ".env")), [])) console.error(line);
  return { env, database: "patchbay_sandbox" };
}

/** The database of `DATABASE_URL`, or our own if another program runs it now. */
async function findDatabase({ env, database }: Kind): Promise<string | undefined> {
  const given = env["DATABASE_URL"];
  if (given !== undefined && given !== "") return given;
  return (await findPostgres(join(dataFolder, "postgres")))?.url(database);
}
