import type {
  Completion,
  Connection,
  ConnectionPage,
  ConnectSession,
  CreatedSession,
  Erasure,
  LentSession,
  Receipt,
  Token,
} from "./answers.ts";
import { PatchbayError } from "./error.ts";

// An answer is checked for the fields without which it is useless. Fields that this version does not know are kept.

/** Parses a connection. */
export function parseConnection(answer: unknown): Connection {
  assertFields(answer, { id: "number", provider: "string", status: "string" });
  return answer as Connection;
}

/** Parses a page of connections. */
export function parseConnectionPage(answer: unknown): ConnectionPage {
  assertFields(answer, { connections: "array" });
  const page = answer as ConnectionPage;
  for (const connection of page.connections) parseConnection(connection);
  return page;
}

const credentialFields = { connection: "number", provider: "string", type: "string" } as const;

/** Parses a token that comes with the provider's API. */
export function parseToken(answer: unknown): Token {
  assertFields(answer, { ...credentialFields, "api.baseUrl": "string", "api.headers": "object" });
  return answer as Token;
}

/** Parses a session that is lent. */
export function parseLentSession(answer: unknown): LentSession {
  assertFields(answer, { ...credentialFields, session: "string", "lease.id": "string", "lease.until": "string" });
  return answer as LentSession;
}

/** Parses what a disconnect has done. */
export function parseReceipt(answer: unknown): Receipt {
  assertFields(answer, { id: "number", revocations: "array" });
  return answer as Receipt;
}

/** Parses what an erasure has done. */
export function parseErasure(answer: unknown): Erasure {
  assertFields(answer, { receipts: "array" });
  return answer as Erasure;
}

/** Parses how a connect session stands. */
export function parseSession(answer: unknown): ConnectSession {
  assertFields(answer, { id: "string", status: "string" });
  return answer as ConnectSession;
}

/** Parses a connect session that was just made. */
export function parseCreatedSession(answer: unknown): CreatedSession {
  assertFields(answer, { id: "string", url: "string", status: "string", expiresAt: "string" });
  const session = answer as CreatedSession;
  if (!URL.canParse(session.url)) throw new PatchbayError("unexpected_answer", 'The answer\'s "url" is no address.');
  return session;
}

/** Parses what completing a connect session gives. */
export function parseCompletion(answer: unknown): Completion {
  assertFields(answer, { connection: "object", created: "boolean" });
  const completion = answer as Completion;
  parseConnection(completion.connection);
  return completion;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Kind = "string" | "number" | "boolean" | "object" | "array";

function assertFields(answer: unknown, fields: Readonly<Record<string, Kind>>): void {
  for (const [path, kind] of Object.entries(fields)) {
    const value = path.split(".").reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), answer);
    if (kindOf(value) !== kind) throw new PatchbayError("unexpected_answer", `The answer has no ${kind} "${path}".`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
