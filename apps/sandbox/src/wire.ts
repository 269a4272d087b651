/** A request as a provider's face sees it: the first path segment has become the host. */
export interface Call {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The body of a form post; empty for any other content type. */
  readonly form: URLSearchParams;
  header(name: string): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Headers = Answer["headers"];

/** Thrown wherever a provider says no: the answer it gives instead. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export function json(status: number, body: unknown, headers: Headers = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

export function html(status: number, markup: string): Answer {
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body: markup };
}

export function empty(status: number, headers: Headers = {}): Answer {
  return { status, headers, body: "" };
}

export function redirect(to: string): Answer {
  return { status: 302, headers: { location: to, "cache-control": "no-store" }, body: "" };
}

/** What OAuth servers put on every answer that holds a token (RFC 6749 §5.1). */
export const uncached: Headers = { "cache-control": "no-store", pragma: "no-cache" };

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The parameters of a body for the endpoints which read a form and JSON alike. */
export function bodyFields(call: Call): URLSearchParams {
  if (!call.header("content-type")?.startsWith("application/json")) return call.form;
  const parsed = parseJson(call.body);
  if (typeof parsed !== "object" || parsed === null) return new URLSearchParams();
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(parsed)) if (isScalar(value)) fields.append(name, String(value));
  return fields;
}

/** JSON from outside, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
