import { ConnectError } from "../errors.ts";

/** Whether the provider did what it was asked is not known. */
export class Unclear extends ConnectError {}

/** The request went out and no answer came back. */
export class Unanswered extends Unclear {
  constructor(host: string, cause: unknown) {
    super("provider_unavailable", `${host} did not answer`, { cause });
  }
}
