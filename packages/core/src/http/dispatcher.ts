import type { Dispatcher } from "undici";

/** A proxy through which HTTPS leaves, by CONNECT (RFC 9110 9.3.6). */
export interface Proxy {
  /** `http://[user:password@]host:port`, or https. */
  url: string;
  /** What is reached without it, written as `NO_PROXY` is. */
  except?: string | undefined;
}

/** Connections are kept, and closed again before a provider is likely to close one under a request. */
const keepAliveMs = 4_000;

/**
 * Opens the pools of connections to the providers, over HTTP/1.1. Only HTTPS goes through the proxy: nothing else is sent to a
 * provider. undici is loaded here and not before: a process starts without it.
 */
export async function createDispatcher(connectMs: number, proxy?: Proxy): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, Pool } = await import("undici");
  const options = {
    allowH2: false,
    connectTimeout: connectMs,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  };
  if (proxy === undefined) return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: "",
    httpsProxy: proxy.url,
    noProxy: proxy.except ?? "",
    // A proxy that does not answer CONNECT gets no more time than a provider does for a connection.
    clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: connectMs }),
  });
}
