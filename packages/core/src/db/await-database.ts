import { setTimeout as sleep } from "node:timers/promises";
import { describeProblem, type DatabaseProblem, type DatabaseUrls } from "./database-problem.ts";
import type { OpenDatabase } from "./database.ts";
import { WrongDatabase } from "./installation.ts";
import { isPooledByTransaction } from "./transaction-pooler.ts";

/** How to wait for a database. */
export interface AwaitDatabaseOptions extends DatabaseUrls {
  /** Called every second with the reason why the database is not ready. */
  tell: (sentence: string) => void;
  /** Ends the waiting. Its reason is thrown. */
  signal: AbortSignal;
  /** How long to wait for a database that cannot be reached. */
  patienceMs?: number;
}

const logIntervalMs = 1_000;
const pollMs = 250;

/** Waits for a database that cannot be reached. Throws `WrongDatabase`, which says what to do, if waiting does not help. */
export async function awaitDatabase(database: OpenDatabase, waiting: AwaitDatabaseOptions): Promise<void> {
  const { tell, signal, patienceMs = 60_000 } = waiting;
  let problem: DatabaseProblem | undefined;
  const logTimer = setInterval(() => problem && tell(`${problem.sentence} Waiting for it.`), logIntervalMs);
  try {
    const until = performance.now() + patienceMs;
    while ((problem = await findProblem(database, waiting)) !== undefined) {
      if (!problem.isTransient) throw new WrongDatabase(problem.sentence);
      if (performance.now() > until)
        throw new WrongDatabase(`${problem.sentence} Patchbay has stopped waiting for it.`);
      await sleep(pollMs, undefined, { signal });
    }
  } finally {
    clearInterval(logTimer);
  }
}

async function findProblem(database: OpenDatabase, urls: DatabaseUrls): Promise<DatabaseProblem | undefined> {
  try {
    const readiness = await database.checkReadiness();
    if (readiness !== "ready") return describeProblem(readiness === "late" ? timeoutError() : readOnlyError(), urls);
    return (await isPooledByTransaction(urls.url)) ? transactionPooling : undefined;
  } catch (failure) {
    const problem = describeProblem(failure, urls);
    if (problem === undefined) throw failure;
    return problem;
  }
}

const timeoutError = () => Object.assign(new Error("it does not answer"), { code: "ETIMEDOUT" });
const readOnlyError = () => Object.assign(new Error("it takes no writes"), { code: "25006" });

const transactionPooling: DatabaseProblem = {
  sentence:
    "DATABASE_URL leads through a pooler that gives each transaction another connection (PgBouncer's pool_mode = transaction): " +
    "set it to session for this database, or name the PostgreSQL itself.",
  isTransient: false,
};

/** Turns an error that the operator can correct in a variable into a `WrongDatabase`. Returns any other error as it is. */
export function asWrongDatabase(failure: unknown, url: string, variable = "DATABASE_URL"): unknown {
  const problem = failure instanceof WrongDatabase ? undefined : describeProblem(failure, { url });
  if (problem === undefined) return failure;
  return new WrongDatabase(problem.sentence.replaceAll("DATABASE_URL", variable), { cause: failure });
}
