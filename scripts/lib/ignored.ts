import { existsSync } from "node:fs";

/** Where the product's data is, and who may change its tables. */
const databases = ["DATABASE_URL", "MIGRATION_DATABASE_URL"];

/** What node-postgres takes from its surroundings, which speaks of another database: PGHOST, PGSSLMODE and so on. */
const ofPostgres = /^PG[A-Z]+$/;

export const isOfAnotherDatabase = (name: string): boolean => databases.includes(name) || ofPostgres.test(name);

/** An environment that names no database. */
export function withoutDatabases(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOfAnotherDatabase(name)));
}

/** What is not heeded where the sandbox is used, a sentence each: real data and a real set-up are never touched there. */
export function ignoredSentences(env: NodeJS.ProcessEnv, envFile: string): string[] {
  const given = databases.filter((name) => env[name]);
  const sentences = given.map(
    (name) => `Ignoring ${name}: here a database of its own is used, in .data. The one it names is for pnpm serve.`,
  );
  if (existsSync(envFile)) {
    sentences.push(
      "Not reading .env: it is for pnpm serve, pnpm worker and pnpm keys. Set here what is to count, e.g. PORT=3010 npm start.",
    );
  }
  return sentences;
}
