/** A request as a simulated provider sees it: the first path segment is the host. */
export interface ProviderRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The fields of a form body; empty for any other content type. */
  readonly form: URLSearchParams;
  header(name: string): string | undefined;
}

/** A response of a simulated provider. */
export interface ProviderResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Headers = ProviderResponse["headers"];

/** Thrown when a provider refuses a request. It holds the response. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly response: ProviderResponse;
  constructor(answer: ProviderResponse) {
    super(`refused with ${answer.status}`);
    this.response = answer;
  }
}

/** Builds a JSON response. */
export function jsonResponse(status: number, body: unknown, headers: Headers = {}): ProviderResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** Builds a page. */
export function htmlResponse(status: number, markup: string): ProviderResponse {
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body: markup };
}

/** Builds a response without a body. */
export function emptyResponse(status: number, headers: Headers = {}): ProviderResponse {
  return { status, headers, body: "" };
}

/** Builds a redirect that no cache keeps. */
export function redirectResponse(to: string): ProviderResponse {
  return { status: 302, headers: { location: to, "cache-control": "no-store" }, body: "" };
}

/** OAuth servers send these headers with every token response (RFC 6749 §5.1). */
export const noStoreHeaders: Headers = { "cache-control": "no-store", pragma: "no-cache" };

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Parses the fields of a body, for endpoints that accept a form and JSON. */
export function parseBodyFields(request: ProviderRequest): URLSearchParams {
  if (!request.header("content-type")?.startsWith("application/json")) return request.form;
  const parsed = parseJson(request.body);
  if (typeof parsed !== "object" || parsed === null) return new URLSearchParams();
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(parsed)) if (isScalar(value)) fields.append(name, String(value));
  return fields;
}

/** Parses JSON. Returns undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
