import type { Face, Params, Route } from "./face.ts";
import type { Call } from "./wire.ts";

export interface Match {
  readonly face: Face;
  readonly route: Route | undefined;
  readonly params: Params;
}

const isHost = (pattern: string | RegExp, host: string): boolean =>
  typeof pattern === "string" ? pattern === host : pattern.test(host);

/** The values of the path's parameters, or undefined where it is another path. */
function read(pattern: string, path: string): Params | undefined {
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

const methodOf = (call: Call): string => (call.method === "HEAD" ? "GET" : call.method);

/** Whose host this is and which of its operations is meant; no face at all for a host nobody plays. */
export function findRoute(faces: readonly Face[], call: Call): Match | undefined {
  const face = faces.find(({ routes }) => routes.some((route) => isHost(route.host, call.host)));
  if (face === undefined) return undefined;
  for (const route of face.routes) {
    const params = read(route.path, call.path);
    if (params && route.method === methodOf(call) && isHost(route.host, call.host)) return { face, route, params };
  }
  return { face, route: undefined, params: {} };
}
