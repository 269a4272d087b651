import type { Dispatcher } from "undici";
import { ConnectError } from "../errors.ts";
import { unpackBody } from "./body.ts";
import { NoResponseError, OutcomeUnknownError } from "./outcome-unknown.ts";

/** A response with its whole body. */
export interface HttpResponse {
  status: number;
  /** Names in lower case. Of a header that comes several times, the first; of codings, all. */
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
}

/** One request, ready to send. */
export interface HttpRequest {
  /** Who is asked, for messages. */
  host: string;
  target: URL;
  method: "GET" | "POST" | "DELETE";
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

/** The limits of one request. */
export interface RequestLimits {
  /** Milliseconds for a whole request, the body included. */
  timeoutMs: number;
  /** The longest body that is read, in bytes. */
  maxBytes: number;
}

/** How a request leaves. */
export interface Route {
  dispatcher: Dispatcher;
  /** What a failure says of the way: the proxy without its password, or nothing. */
  way: string;
}

type Controller = Dispatcher.DispatchController;

/**
 * Sends one request over HTTP/1.1, once, and reads its answer to the end. Throws `OutcomeUnknownError` if an answer came that is
 * not read, `NoResponseError` if none came, and a plain `ConnectError` if nothing was sent. By `undici`'s dispatcher, which tells
 * when a request begins to leave, and takes less CPU than `node:http` (docs/bench.md).
 */
export async function sendRequest(
  outgoing: HttpRequest,
  limits: RequestLimits,
  { dispatcher, way }: Route,
): Promise<HttpResponse> {
  const { host, target, method, headers, body = null } = outgoing;
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  let isOver = false;
  let sending: Controller | undefined;
  const fail = (cause: Error): void => {
    isOver = true;
    reject(
      cause instanceof ConnectError ? cause : sending ? new NoResponseError(host, cause) : unsent(cause, host + way),
    );
    sending?.abort(cause);
  };
  const timer = setTimeout(() => fail(new Error(`no whole answer within ${limits.timeoutMs} ms`)), limits.timeoutMs);
  dispatcher.dispatch(
    { origin: target.origin, path: target.pathname + target.search, method, headers, body },
    {
      // Called with an open connection, over TLS a proven one, and before the first byte of the request.
      onRequestStart(controller) {
        if (isOver) return controller.abort(new Error("too late"));
        sending = controller;
      },
      ...collectResponse(host, limits.maxBytes, { fail, done: resolve }),
      onResponseError: (_controller, cause) => fail(cause),
    },
  );
  return await promise.finally(() => clearTimeout(timer));
}

/** Before there is a connection, no byte of the request has left. undici refuses headers with letters that none can hold. */
function unsent(cause: Error, what: string): ConnectError {
  if ("code" in cause && cause.code === "UND_ERR_INVALID_ARG")
    return new ConnectError("provider_misbehaved", `a request to ${what} cannot be written`, { cause });
  return new ConnectError("provider_unavailable", `out of reach: ${what}`, { cause });
}

type Ends = { fail: (cause: Error) => void; done: (response: HttpResponse) => void };

/** Handles an answer: its head is judged when it comes, its body is read up to `maxBytes`. */
function collectResponse(host: string, maxBytes: number, { fail, done }: Ends): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let size = 0;
  let head = { status: 0, headers: {} as HttpResponse["headers"] };
  const failTooLong = () =>
    fail(new OutcomeUnknownError("provider_misbehaved", `${host} answered with more than ${maxBytes} bytes`));
  const finish = async (): Promise<void> => {
    const text = await unpackBody(Buffer.concat(chunks), head.headers["content-encoding"] ?? "", maxBytes);
    if (text === undefined) return failTooLong();
    // undici frees the connection in this turn of the event loop. A request before that would open another connection.
    setImmediate(done, { ...head, text });
  };
  return {
    onResponseStart(_controller, status, headers) {
      head = { status, headers: takeHeaders(headers) };
      if (status >= 300 && status < 400) fail(redirectedError(host, status));
    },
    onResponseData(_controller, chunk) {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > maxBytes) failTooLong();
    },
    onResponseEnd: () => void finish(),
  };
}

function redirectedError(host: string, status: number): OutcomeUnknownError {
  return new OutcomeUnknownError("provider_misbehaved", `${host} answered ${status}, and redirects are not followed`);
}

function takeHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): HttpResponse["headers"] {
  const texts = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? (name === "content-encoding" ? value.join(",") : value[0]) : value,
  ]);
  return Object.fromEntries(texts) as HttpResponse["headers"];
}
