import { ConnectError } from "../errors.ts";

/** Whether a provider said in its own words that a code, a token or a grant is dead. */
export function isRejected(failure: unknown): failure is ConnectError {
  return failure instanceof ConnectError && failure.code === "grant_rejected";
}
