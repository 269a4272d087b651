import { ConnectError } from "../errors.ts";

/** Whether the provider did what it was asked is not known. */
export class OutcomeUnknownError extends ConnectError {}

/** The request went out and no answer came back. */
export class NoResponseError extends OutcomeUnknownError {
  constructor(host: string, cause: unknown) {
    super("provider_unavailable", `${host} did not answer`, { cause });
  }
}
