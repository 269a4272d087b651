// `pnpm keys rotate`, `pnpm keys verify`: docs/keys.md. With --sandbox, for what `npm start` has stored.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findPostgres } from "../packages/postgres/src/index.ts";
import { startChild } from "./lib/child.ts";
import { ExitCode, runCrew, sentence, type Crew } from "./lib/crew.ts";
import { startDatabase } from "./lib/database.ts";
import { ignoredSentences, withoutDatabases } from "./lib/ignored.ts";
import { data, root } from "./lib/paths.ts";
import { hold } from "./lib/run-file.ts";
import { settings } from "./lib/settings.ts";

try {
  const options = { sandbox: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const kind = values.sandbox ? sandboxKind() : liveKind();
  const running = await findDatabase(kind);
  const held = running === undefined ? await hold(data, "pnpm keys") : undefined;
  const begin = async (crew: Crew): Promise<never> => {
    const DATABASE_URL = running ?? (await ownDatabase(crew, kind));
    const args = ["apps/api/src/keys.ts", ...positionals];
    const { code } = await crew.finish(startChild({ name: "keys", args, env: { ...kind.env, DATABASE_URL } }));
    throw new ExitCode(code);
  };
  await runCrew({ ...(held && { hold: held }), begin, interrupted: 130 });
} catch (error) {
  console.error(sentence(error));
  process.exitCode = 1;
}

async function ownDatabase(crew: Crew, { database }: Kind): Promise<string> {
  const { url, ownerUrl } = await startDatabase(crew, { name: database, given: undefined });
  return ownerUrl ?? url;
}

type Kind = { env: NodeJS.ProcessEnv; database: string };

function liveKind(): Kind {
  return { env: { ...settings(join(root, ".env")), ...process.env }, database: "patchbay" };
}

function sandboxKind(): Kind {
  const env = { ...withoutDatabases(process.env), ...settings(join(data, "secrets.env")) };
  for (const said of ignoredSentences(process.env, join(root, ".env"))) console.error(said);
  return { env, database: "patchbay_sandbox" };
}

/** The database of `DATABASE_URL`, or the one of our own that somebody runs: it is used beside them. */
async function findDatabase({ env, database }: Kind): Promise<string | undefined> {
  const given = env["DATABASE_URL"];
  if (given !== undefined && given !== "") return given;
  return (await findPostgres(join(data, "postgres")))?.url(database);
}
