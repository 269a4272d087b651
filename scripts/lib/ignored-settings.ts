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

/**
 * The sentences about what is ignored beside the sandbox, so that real data and real accounts are never touched. `file` is what
 * .env sets, `readNames` what is read of it.
 */
export function explainIgnoredSettings(
  env: NodeJS.ProcessEnv,
  file: NodeJS.Dict<string>,
  readNames: readonly string[],
): string[] {
  const given = databases.filter((name) => env[name]);
  const sentences = given.map(
    (name) => `Ignoring ${name}: it is for pnpm serve. This command uses a database of its own, in .data.`,
  );
  const inFile = Object.keys(file).filter((name) => file[name]);
  const read = inFile.filter((name) => readNames.includes(name));
  const ignored = inFile.filter((name) => !readNames.includes(name));
  if (read.length > 0) sentences.push(`Reading ${read.join(", ")} from .env.`);
  if (ignored.length > 0) {
    sentences.push(
      `Not reading ${ignored.join(", ")} from .env: pnpm serve does. Set variables in the command, for example PORT=3010 npm start.`,
    );
  }
  return sentences;
}
