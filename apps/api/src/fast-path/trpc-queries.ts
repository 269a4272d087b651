import type { IncomingMessage } from "node:http";
import { RawJson } from "@patchbay/core/raw-json";
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, TRPCError } from "@trpc/server";
import type { Log } from "../log.ts";
import { decode } from "../http/cookies.ts";
import type { OriginPolicy } from "../http/origin-policy.ts";
import type { Sessions } from "../http/session.ts";
import { sendEmpty, sendJsonText } from "../http/respond.ts";
import { findProcedureType, parseCallPaths } from "../trpc/call-paths.ts";
import type { AppRouter } from "../trpc/router.ts";
import { logProcedureError, type Context } from "../trpc/trpc.ts";
import type { FastRoute } from "./fast-path.ts";

const prefix = "/api/trpc/";

/** What the queries need. */
export interface TrpcQueryDeps {
  router: AppRouter;
  sessions: Sessions;
  log: Log;
  originPolicy: OriginPolicy;
}

/**
 * GET /api/trpc/<query>, or several with commas and `?batch=1`: the adapter of our queries. They are JSON, all at once. tRPC's
 * own adapter has the mutations and the subscriptions.
 */
export function createTrpcQueryRoute({ sessions, originPolicy, ...deps }: TrpcQueryDeps): FastRoute {
  return (request, url) => {
    if (!url.startsWith(prefix) || !isReading(request)) return undefined;
    const { path, query } = splitUrl(url);
    if (findProcedureType(deps.router, decode(path)) === "subscription") return undefined;
    return async (response, head) => {
      if (!originPolicy.admit(request, response, { head })) return;
      if (request.method === "HEAD") return sendEmpty(response, 204, head);
      const caller = { ...deps, ctx: { sessions, request, response } };
      const { status, text } = await callQueries(caller, parseCallPaths(path), new URLSearchParams(query));
      sendJsonText(response, status, text, head);
    };
  };
}

const isReading = ({ method }: IncomingMessage): boolean => method === "GET" || method === "HEAD";

function splitUrl(url: string): { path: string; query: string } {
  const at = url.indexOf("?");
  const end = at === -1 ? url.length : at;
  return { path: url.slice(prefix.length, end), query: url.slice(end + 1) };
}

/** Who calls which procedures. */
type QueryCall = Pick<TrpcQueryDeps, "router" | "log"> & { ctx: Context };
/** `text`: the JSON of an answer. */
type QueryResult = { status: number; text: string };

async function callQueries(call: QueryCall, names: readonly string[], query: URLSearchParams): Promise<QueryResult> {
  // Without `batch=1` the commas belong to the name.
  const isBatch = query.get("batch") === "1";
  const called = isBatch ? names : [names.join(",")];
  const results = await Promise.all(called.map((name, index) => callQuery(call, name, () => readInput(query, index))));
  const [first = { status: 404, text: "" }] = results;
  if (!isBatch) return first;
  const isUniform = results.every(({ status }) => status === first.status);
  return { status: isUniform ? first.status : 207, text: `[${results.map(({ text }) => text).join(",")}]` };
}

/** Reads the input of a call: in a batch, the one at its index. Throws `BAD_REQUEST`. */
export function readInput(query: URLSearchParams, index: number): unknown {
  const text = query.get("input");
  if (text === null || text === "") return undefined;
  try {
    const input: unknown = JSON.parse(text);
    return query.get("batch") === "1" ? (input as Record<number, unknown>)[index] : input;
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "the input is no JSON", cause });
  }
}

async function callQuery({ router, log, ctx }: QueryCall, path: string, getInput: () => unknown): Promise<QueryResult> {
  try {
    assertNoWrite(router, path);
    const data: unknown = await callTRPCProcedure({
      router,
      path,
      getRawInput: async () => getInput(),
      ctx,
      type: "query",
      signal: undefined,
      batchIndex: 0,
    });
    return { status: 200, text: resultText(data) };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    logProcedureError(log, error, path);
    const { _config: config } = router._def;
    const shape = getTRPCErrorShape({ config, error, type: "query", path, input: undefined, ctx });
    return { status: shape.data.httpStatus, text: JSON.stringify({ error: shape }) };
  }
}

/** A GET changes nothing: links and images send it. */
function assertNoWrite(router: AppRouter, path: string): void {
  const type = findProcedureType(router, path);
  if (type === undefined || type === "query") return;
  throw new TRPCError({ code: "METHOD_NOT_SUPPORTED", message: `a ${type} is no query` });
}

/** A list that PostgreSQL wrote is neither parsed nor written again: that is a twelfth of what a list costs this process. */
function resultText(data: unknown): string {
  return data instanceof RawJson ? `{"result":{"data":${data.text}}}` : JSON.stringify({ result: { data } });
}
