import type { ProviderRequest } from "../http/messages.ts";

/** The credentials of an OAuth client. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** Parses HTTP Basic credentials (RFC 6749 §2.3.1). Returns undefined if the header has none. */
export function parseBasicCredentials(request: ProviderRequest): ClientCredentials | undefined {
  const encoded = readAuthorization(request, "basic");
  if (encoded === undefined) return undefined;
  const [id, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return id === undefined ? undefined : { id: decodeComponent(id), secret: decodeComponent(rest.join(":")) };
}

/** Parses a bearer token (RFC 6750 §2.1). */
export const parseBearerToken = (request: ProviderRequest): string | undefined => readAuthorization(request, "bearer");

/** Reads `client_id` and `client_secret` from the parameters of the body. */
export function parseBodyCredentials(fields: URLSearchParams): ClientCredentials | undefined {
  const id = fields.get("client_id");
  const secret = fields.get("client_secret");
  return id === null || secret === null ? undefined : { id, secret };
}

function readAuthorization(request: ProviderRequest, scheme: string): string | undefined {
  const [given, value] = (request.header("authorization") ?? "").split(" ", 2);
  return given?.toLowerCase() === scheme && value !== undefined ? value : undefined;
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
