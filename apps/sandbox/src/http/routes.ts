import type { SimulatedProvider, PathParams, ProviderRoute } from "../provider.ts";
import type { ProviderRequest } from "./messages.ts";

/** The provider of a request, and its operation if there is one. */
export interface RouteMatch {
  readonly provider: SimulatedProvider;
  readonly route: ProviderRoute | undefined;
  readonly params: PathParams;
}

const isHostMatch = (pattern: string | RegExp, host: string): boolean =>
  typeof pattern === "string" ? pattern === host : pattern.test(host);

/** Parses the parameters of a path. Returns undefined if the path does not match. */
function parsePathParams(pattern: string, path: string): PathParams | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? "";
    if (segment.startsWith(":")) params[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

const methodOf = (request: ProviderRequest): string => (request.method === "HEAD" ? "GET" : request.method);

/** Finds the provider of the host and the operation of the request. Returns undefined for a host that no provider has. */
export function findRoute(providers: readonly SimulatedProvider[], request: ProviderRequest): RouteMatch | undefined {
  const provider = providers.find(({ routes }) => routes.some((route) => isHostMatch(route.host, request.host)));
  if (provider === undefined) return undefined;
  for (const route of provider.routes) {
    const params = parsePathParams(route.path, request.path);
    if (params && route.method === methodOf(request) && isHostMatch(route.host, request.host))
      return { provider, route, params };
  }
  return { provider, route: undefined, params: {} };
}
