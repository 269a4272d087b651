import type { Proxy } from "@patchbay/core/http";
import { z } from "zod";

const address = z.url({ protocol: /^https?$/, hostname: /./ });

const exceptRule =
  "must be names and addresses, with commas; networks are not understood, because providers are reached by name";

/**
 * The proxy through which HTTPS leaves, as other programs read it too: `HTTPS_PROXY` and `NO_PROXY`, or the same in small
 * letters, which count first. Not read where the sandbox stands in for the providers.
 */
export function readProxy(given: Readonly<Record<string, string | undefined>>): { proxy?: Proxy; wrong: string[] } {
  const name = given["https_proxy"] === undefined ? "HTTPS_PROXY" : "https_proxy";
  const { [name]: url, SANDBOX_URL: sandbox, NO_PROXY, no_proxy, no_proxy: except = NO_PROXY } = given;
  if (url === undefined || sandbox !== undefined) return { wrong: [] };
  if (!address.safeParse(url).success)
    return { wrong: [`${name}: must be the address of a proxy, such as http://proxy.example.com:3128`] };
  if (except?.includes("/")) return { wrong: [`${no_proxy === undefined ? "NO_PROXY" : "no_proxy"}: ${exceptRule}`] };
  return { proxy: { url, ...(except !== undefined && { except }) }, wrong: [] };
}
