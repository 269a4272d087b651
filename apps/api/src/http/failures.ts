import type { ServerResponse } from "node:http";
import { isDatabaseUnavailable } from "@patchbay/core/db";
import { ConnectError, type FailureCode, type SignedInAccount } from "@patchbay/core/errors";
import { type z, ZodError } from "zod";
import { logFailure, type Log } from "../log.ts";
import { sendJson } from "./respond.ts";
import { isLoginReason } from "@patchbay/core/login-reasons";
import { sentenceOfAccount, sentences, sentencesOfFields, sentencesOfReasons } from "./sentences.ts";

/** The body of every failure of the REST paths. */
export interface FailureBody {
  message: string;
  code: FailureCode;
  field?: string;
  attemptsLeft?: number;
  /** Why a connection needs to be reconnected, or a login was refused. */
  reason?: string;
  /** Which account the user signed in to at the provider, and whether it is a working connection of theirs. */
  account?: SignedInAccount;
}

/** An error of ours for whatever was thrown while reading a request; undefined for what is a bug. */
export function toConnectError(thrown: unknown): ConnectError | undefined {
  if (thrown instanceof ConnectError) return thrown;
  if (isDatabaseUnavailable(thrown)) {
    return new ConnectError("database_unavailable", "the database is away", { cause: thrown, retryAfter: 5 });
  }
  if (thrown instanceof ZodError) {
    const field = nameField(thrown.issues[0]) || "body";
    return new ConnectError("invalid_request", `not as it should be: ${field}`, { field });
  }
  // Express's own parsers: malformed JSON, a body too large, a path that does not decode.
  if (thrown instanceof Error && "status" in thrown && typeof thrown.status === "number" && thrown.status < 500) {
    return new ConnectError("invalid_request", "the request does not parse", { field: "body" });
  }
  return undefined;
}

/** The path to the field at fault: where a field is unknown, to that one. */
function nameField(issue: z.core.$ZodIssue | undefined): string | undefined {
  const [unknown] = issue?.code === "unrecognized_keys" ? issue.keys : [];
  return issue && [...issue.path, ...(unknown === undefined ? [] : [unknown.slice(0, 64)])].join(".");
}

/** Builds the body of a failure, with the sentence for the user. */
export function failureBody({ code, field, reason, account }: ConnectError, ofFields = sentencesOfFields): FailureBody {
  const fieldNote = code === "invalid_request" && field !== undefined ? ` (${field})` : "";
  const sentence = isLoginReason(reason) ? sentencesOfReasons[reason] : ofFields[`${code} ${field}`];
  const message = sentence ?? `${sentences[code]}${fieldNote}`;
  return {
    message: account ? `${sentenceOfAccount(account, code)}${message}` : message,
    code,
    ...(field !== undefined && { field }),
    ...(reason !== undefined && { reason }),
    ...(account && { account }),
  };
}

/** Answers with a failure as JSON. */
export function sendFailure(response: ServerResponse, failure: ConnectError, ofFields = sentencesOfFields): void {
  if (failure.retryAfter !== undefined) response.setHeader("Retry-After", String(failure.retryAfter));
  if (failure.code === "unauthenticated") response.setHeader("WWW-Authenticate", "Bearer");
  sendJson(response, failure.status, failureBody(failure, ofFields));
}

type Sending = { log: Log; id: string; ofFields?: typeof sentencesOfFields };

/** Logs whatever was thrown and answers with it: a failure of ours by its name, a bug by the request's id alone. */
export function sendThrown(response: ServerResponse, thrown: unknown, { log, id, ofFields }: Sending): void {
  const failure = toConnectError(thrown);
  if (failure !== undefined) {
    logFailure(log, failure, { id });
    return sendFailure(response, failure, ofFields);
  }
  log.error({ id, err: thrown }, "request failed");
  sendJson(response, 500, { message: `${sentences.internal} (${id})`, code: "internal" } satisfies FailureBody);
}
