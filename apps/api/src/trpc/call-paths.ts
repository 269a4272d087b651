import { ConnectError } from "@patchbay/core/errors";
import type { AppRouter } from "./router.ts";

const maxBatch = 20;

/**
 * Lists the procedures that a path below /api/trpc names, as tRPC reads it: it decodes the path first, so that a comma may come
 * as %2C. Throws `invalid_request` for a batch that is too large.
 */
export function parseCallPaths(path: string): string[] {
  const paths = decodePath(path).split(",");
  if (paths.length > maxBatch) {
    throw new ConnectError("invalid_request", "too many calls in one batch", { field: "path" });
  }
  return paths;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new ConnectError("invalid_request", "the path does not decode", { field: "path", cause });
  }
}

type ProcedureType = "query" | "mutation" | "subscription";

/** Gives the type of a procedure; undefined if there is none of that name. */
export function findProcedureType({ _def }: AppRouter, name: string): ProcedureType | undefined {
  // By their whole names, as tRPC keeps them; its types show them nested.
  const procedures = _def.procedures as unknown as Readonly<Record<string, { _def: { type: ProcedureType } }>>;
  return Object.hasOwn(procedures, name) ? procedures[name]?._def.type : undefined;
}
