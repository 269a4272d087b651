import type { Dispatcher } from "undici";
import { requestSeconds } from "../leases.ts";
import { createDispatcher, type Proxy } from "./dispatcher.ts";
import { sendRequest, type HttpResponse, type RequestLimits } from "./send-request.ts";

/**
 * The one way out. Every request to a provider, and every address that a browser is sent to, passes `resolveUrl`: the URL itself
 * in production, the same path at the sandbox where one is configured.
 */
export interface ProviderHttp {
  resolveUrl(url: string | URL): URL;
  /** Sends once, never again. Throws `OutcomeUnknownError` where it may have been carried out, and a plain `ConnectError` where nothing was sent. */
  send(url: string | URL, request?: ProviderRequest): Promise<HttpResponse>;
}

/** What is sent to a URL. Without a method: GET. */
export interface ProviderRequest {
  method?: "GET" | "POST" | "DELETE";
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** How requests leave, and their limits. */
export interface ProviderHttpOptions extends Partial<RequestLimits> {
  /** Origin of the sandbox, e.g. `http://127.0.0.1:4000`. Absent: the providers themselves. */
  sandbox?: string | undefined;
  /** The way to the providers, where there is no other. The sandbox is on this machine. */
  proxy?: Proxy | undefined;
}

/** Creates the client through which all requests to providers leave. */
export function createProviderHttp({
  sandbox,
  proxy,
  timeoutMs = requestSeconds * 1000,
  maxBytes = 1_048_576,
}: ProviderHttpOptions = {}): ProviderHttp {
  const at = (url: string | URL) => (sandbox === undefined ? new URL(url) : throughSandbox(new URL(url), sandbox));
  const limits = { timeoutMs, maxBytes };
  const used = sandbox === undefined ? proxy : undefined;
  const way = used ? ` (the proxy is ${new URL(used.url).origin})` : "";
  let opening: Promise<Dispatcher> | undefined;
  return {
    resolveUrl: at,
    async send(url, { method = "GET", headers, body } = {}) {
      const { host } = new URL(url);
      const said = { accept: "application/json", "user-agent": "Patchbay", ...headers };
      const dispatcher = await (opening ??= createDispatcher(timeoutMs, used));
      return await sendRequest({ host, target: at(url), method, headers: said, body }, limits, { dispatcher, way });
    },
  };
}

function throughSandbox(url: URL, sandbox: string): URL {
  return new URL(`/${url.host}${url.pathname}${url.search}`, sandbox);
}
