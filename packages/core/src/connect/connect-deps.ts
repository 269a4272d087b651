import type { Registry } from "../registry.ts";
import type { Seals } from "../vault/index.ts";
import type { AttemptStore } from "./attempt-store.ts";

/** What connecting an account needs. */
export interface ConnectDeps {
  registry: Registry;
  attempts: AttemptStore;
  seals: Seals;
  /** Aborted once this process stops: from then on it waits for no provider. */
  stopping?: AbortSignal;
  /** Receives work that goes on after its caller got an answer, so that a stop waits for it. */
  trackInBackground?: (work: Promise<unknown>) => void;
}
