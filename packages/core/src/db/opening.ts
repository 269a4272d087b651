import { setTimeout as sleep } from "node:timers/promises";
import { complaintOf, type Complaint, type Place } from "./complaint.ts";
import type { OpenDatabase } from "./database.ts";
import { WrongDatabase } from "./installation.ts";
import { isPooledByTransaction } from "./pooler.ts";

/** How to wait for a database. */
export interface Waiting extends Place {
  /** Told every second why there is still none. */
  tell: (sentence: string) => void;
  /** Ends the waiting. Its reason is thrown. */
  signal: AbortSignal;
  /** How long to wait for one that is away. */
  patienceMs?: number;
}

const tellMs = 1_000;
const lookMs = 250;

/** Waits for a database that is away. Throws `WrongDatabase`, with the cure, for one that no waiting makes right. */
export async function awaitDatabase(database: OpenDatabase, waiting: Waiting): Promise<void> {
  const { tell, signal, patienceMs = 60_000 } = waiting;
  let complaint: Complaint | undefined;
  const telling = setInterval(() => complaint && tell(`${complaint.sentence} Waiting for it.`), tellMs);
  try {
    const until = performance.now() + patienceMs;
    while ((complaint = await lookAt(database, waiting)) !== undefined) {
      if (!complaint.passes) throw new WrongDatabase(complaint.sentence);
      if (performance.now() > until) throw new WrongDatabase(`${complaint.sentence} It was waited for in vain.`);
      await sleep(lookMs, undefined, { signal });
    }
  } finally {
    clearInterval(telling);
  }
}

async function lookAt(database: OpenDatabase, place: Place): Promise<Complaint | undefined> {
  try {
    const look = await database.look();
    if (look !== "ready") return complaintOf(look === "late" ? noAnswer() : noWrites(), place);
    return (await isPooledByTransaction(place.url)) ? pooled : undefined;
  } catch (failure) {
    const complaint = complaintOf(failure, place);
    if (complaint === undefined) throw failure;
    return complaint;
  }
}

const noAnswer = () => Object.assign(new Error("it does not answer"), { code: "ETIMEDOUT" });
const noWrites = () => Object.assign(new Error("it takes no writes"), { code: "25006" });

const pooled: Complaint = {
  sentence:
    "DATABASE_URL leads through a pooler that gives each transaction another connection (PgBouncer's pool_mode = transaction): " +
    "set it to session for this database, or name the PostgreSQL itself.",
  passes: false,
};

/** What the operator can mend in a variable, said as such; anything else as it is. */
export function asWrongDatabase(failure: unknown, url: string, variable = "DATABASE_URL"): unknown {
  const complaint = failure instanceof WrongDatabase ? undefined : complaintOf(failure, { url });
  if (complaint === undefined) return failure;
  return new WrongDatabase(complaint.sentence.replaceAll("DATABASE_URL", variable), { cause: failure });
}
