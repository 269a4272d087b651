import { ConnectError } from "../errors.ts";

/**
 * The one way out. Every request to a provider, and every address that a browser is sent to, passes `at`: the URL itself
 * in production, the same path at the sandbox where one is configured.
 */
export interface Gate {
  at(url: string | URL): URL;
  /** Sends once, never again. Throws `provider_unavailable`, `provider_misbehaved`, or `Unanswered`. */
  send(url: string | URL, request?: GateRequest): Promise<Answer>;
}

export interface GateRequest {
  method?: "GET" | "POST" | "DELETE";
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Whether the provider did what it was asked is not known. */
export class Unclear extends ConnectError {}

/** The request went out and no answer came back. */
export class Unanswered extends Unclear {
  constructor(host: string, cause: unknown) {
    super("provider_unavailable", `${host} did not answer`, { cause });
  }
}

export interface GateOptions {
  /** Origin of the sandbox, e.g. `http://127.0.0.1:4000`. Absent: the providers themselves. */
  sandbox?: string | undefined;
  /** Milliseconds for a whole request, the body included. */
  timeoutMs?: number;
  /** The longest body that is read, in bytes. */
  maxBytes?: number;
}

export function createGate({ sandbox, timeoutMs = 10_000, maxBytes = 1_048_576 }: GateOptions = {}): Gate {
  const at = (url: string | URL) => (sandbox === undefined ? new URL(url) : throughSandbox(new URL(url), sandbox));
  return {
    at,
    async send(url, { method = "GET", headers = {}, body } = {}) {
      const target = at(url);
      const host = new URL(url).host;
      try {
        const response = await fetch(target, {
          method,
          headers: { accept: "application/json", "user-agent": "Patchbay", ...headers },
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
          ...(body === undefined ? {} : { body }),
        });
        return await readAnswer(response, host, maxBytes);
      } catch (cause) {
        if (cause instanceof ConnectError) throw cause;
        throw neverSent(cause)
          ? new ConnectError("provider_unavailable", `${host} is out of reach`, { cause })
          : new Unanswered(host, cause);
      }
    },
  };
}

function throughSandbox(url: URL, sandbox: string): URL {
  return new URL(`/${url.host}${url.pathname}${url.search}`, sandbox);
}

async function readAnswer(response: Response, host: string, maxBytes: number): Promise<Answer> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    throw new ConnectError("provider_misbehaved", `${host} answered ${status}, and redirects are not followed`);
  }
  return { status, headers, text: await readText(response, host, maxBytes) };
}

async function readText(response: Response, host: string, maxBytes: number): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body, and with it the connection.
    if (size > maxBytes)
      throw new ConnectError("provider_misbehaved", `${host} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const unsent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function neverSent(failure: unknown): boolean {
  const cause = failure instanceof Error ? failure.cause : undefined;
  if (!(cause instanceof Error)) return false;
  const codes = cause instanceof AggregateError ? cause.errors.map(codeOf) : [codeOf(cause)];
  return codes.every((code) => code !== undefined && (unsent.has(code) || isTlsFailure(code)));
}

function codeOf(failure: unknown): string | undefined {
  return failure instanceof Error && "code" in failure && typeof failure.code === "string" ? failure.code : undefined;
}

/** A certificate that does not hold: the handshake failed before a byte of ours was sent. */
function isTlsFailure(code: string): boolean {
  return code.startsWith("ERR_TLS_") || code.startsWith("CERT_") || /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
}
