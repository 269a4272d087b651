import { existsSync } from "node:fs";

/** The variables that name a database. */
const databases = ["DATABASE_URL", "MIGRATION_DATABASE_URL", "DATABASE_SCHEMA"];

/** The variables that node-postgres reads by itself: PGHOST, PGSSLMODE and so on. */
const postgresVariable = /^PG[A-Z]+$/;

/** Whether a variable could lead to a database that is not the one of the sandbox. */
export const isOfAnotherDatabase = (name: string): boolean => databases.includes(name) || postgresVariable.test(name);

/** The environment without variables that name a database. */
export function withoutDatabases(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOfAnotherDatabase(name)));
}

/** One sentence for each setting that is ignored beside the sandbox, so that real data is never touched. */
export function explainIgnoredSettings(env: NodeJS.ProcessEnv, envFile: string): string[] {
  const given = databases.filter((name) => env[name]);
  const sentences = given.map(
    (name) => `Ignoring ${name}: it is for pnpm serve. This command uses a database of its own, in .data.`,
  );
  if (existsSync(envFile)) {
    sentences.push(
      "Not reading .env: it is for pnpm serve, pnpm worker and pnpm keys. Set variables in the command, for example PORT=3010 npm start.",
    );
  }
  return sentences;
}
