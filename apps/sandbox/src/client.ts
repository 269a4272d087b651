import type { Call } from "./wire.ts";

export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** HTTP Basic credentials (RFC 6749 §2.3.1), or undefined where the header holds none. */
export function basic(call: Call): Credentials | undefined {
  const encoded = authorization(call, "basic");
  if (encoded === undefined) return undefined;
  const [id, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return id === undefined ? undefined : { id: unescaped(id), secret: unescaped(rest.join(":")) };
}

export const bearer = (call: Call): string | undefined => authorization(call, "bearer");

/** `client_id` and `client_secret` as parameters of the body. */
export function inBody(fields: URLSearchParams): Credentials | undefined {
  const id = fields.get("client_id");
  const secret = fields.get("client_secret");
  return id === null || secret === null ? undefined : { id, secret };
}

function authorization(call: Call, scheme: string): string | undefined {
  const [given, value] = (call.header("authorization") ?? "").split(" ", 2);
  return given?.toLowerCase() === scheme && value !== undefined ? value : undefined;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
