import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";

/** A proxy through which HTTPS leaves, by CONNECT (RFC 9110 9.3.6). */
export interface Proxy {
  /** `http://[user:password@]host:port`, or https. */
  url: string;
  /** What is reached without it, written as `NO_PROXY` is. */
  except?: string | undefined;
}

/** The pools of connections to the providers, for http and https. */
export interface Agents {
  plain: Agent;
  secure: SecureAgent;
  /** What a failure says of the way: the proxy without its password, or nothing. */
  way: string;
}

/** Connections are kept, and left again before a provider is likely to close one under a request. */
const kept = { keepAlive: true, timeout: 4_000 };

/** Only HTTPS goes through the proxy: nothing else is sent to a provider. */
export function createAgents(proxy?: Proxy): Agents {
  const proxyEnv = proxy && { HTTPS_PROXY: proxy.url, NO_PROXY: proxy.except };
  return {
    plain: new Agent(kept),
    secure: new SecureAgent({ ...kept, ...(proxyEnv && { proxyEnv }) }),
    way: proxy ? ` (the proxy is ${new URL(proxy.url).origin})` : "",
  };
}
