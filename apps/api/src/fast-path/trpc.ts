import type { IncomingMessage, ServerResponse } from "node:http";
import { RawJson } from "@patchbay/core/raw-json";
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape } from "@trpc/server";
import type { Services } from "../services.ts";
import { sendJsonText, type RawHeaders } from "../http/respond.ts";
import { appRouter } from "../trpc/router.ts";
import { logProcedureError, type Context } from "../trpc/trpc.ts";
import { declaredLength } from "./body.ts";
import type { FastRoute } from "./fast-path.ts";
import { isSameOrigin, isPrefetch } from "./is-eligible.ts";

const maxUrlLength = 8192;
const maxBatch = 20;
const batchPath = /^\/api\/trpc\/([A-Za-z.,]+)\?batch=1&input=([^&#]*)$/;

/**
 * GET /api/trpc/<query>,<query>?batch=1&input=…: queries as our own page's client sends them. Nothing that changes anything,
 * no stream, no other encoding: those are the stock adapter's, and with them every question of who may send what.
 */
export function createTrpcRoute(calls: Services, publicOrigin: string): FastRoute {
  return (request, url) => {
    if (request.method !== "GET" || url.length > maxUrlLength) return undefined;
    const [, names = "", input = ""] = batchPath.exec(url) ?? [];
    if (names === "" || !isPlain(request) || !isSameOrigin(request, publicOrigin)) return undefined;
    const paths = names.split(",");
    const inputs = readInputs(input);
    if (inputs === undefined || paths.length > maxBatch || !paths.every(isQuery)) return undefined;
    return (response, head) => answer({ calls, request, response, head }, paths, inputs);
  };
}

/** tRPC chooses its way of answering by these headers; without them it is JSON, all at once. */
function isPlain(request: IncomingMessage): boolean {
  const { accept = "*/*", "trpc-accept": wanted } = request.headers;
  const json = !/event-stream|jsonl/i.test(accept);
  return json && wanted === undefined && declaredLength(request) === 0 && !isPrefetch(request);
}

/** By their whole names, as tRPC keeps them; its types show them nested. */
const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, { _def: { type: string } }>>;

function isQuery(path: string): boolean {
  return Object.hasOwn(procedures, path) && procedures[path]?._def.type === "query";
}

/** A batch's inputs by position, or undefined where they do not read as that. */
function readInputs(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decodeURIComponent(text.replaceAll("+", "%20")));
    const plain = typeof value === "object" && value !== null && !Array.isArray(value);
    return plain ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

type Exchange = { calls: Services; request: IncomingMessage; response: ServerResponse; head: RawHeaders };
/** `text`: the JSON of one call's answer. */
type Outcome = { status: number; text: string };

async function answer(
  { calls, request, response, head }: Exchange,
  paths: readonly string[],
  inputs: Readonly<Record<string, unknown>>,
): Promise<void> {
  const ctx: Context = { calls, request, response };
  const outcomes = await Promise.all(paths.map((path, index) => call(ctx, { path, index, input: inputs[index] })));
  const [first] = outcomes;
  const alike = outcomes.every(({ status }) => status === first?.status);
  const status = alike && first ? first.status : 207;
  const texts = outcomes.map(({ text }) => text);
  sendJsonText(response, status, `[${texts.join(",")}]`, [...head, "Vary", "Origin, trpc-accept, accept"]);
}

type Call = { path: string; index: number; input: unknown };

async function call(ctx: Context, { path, index, input }: Call): Promise<Outcome> {
  try {
    const data: unknown = await callTRPCProcedure({
      router: appRouter,
      path,
      getRawInput: async () => input,
      ctx,
      type: "query",
      signal: undefined,
      batchIndex: index,
    });
    return { status: 200, text: resultText(data) };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    logProcedureError(ctx.calls.log, error, path);
    const { _config: config } = appRouter._def;
    const shape = getTRPCErrorShape({ config, error, type: "query", path, input, ctx });
    return { status: shape.data.httpStatus, text: JSON.stringify({ error: shape }) };
  }
}

/** A list that PostgreSQL wrote is neither read nor written again: that is a twelfth of what a list costs this process. */
function resultText(data: unknown): string {
  return data instanceof RawJson ? `{"result":{"data":${data.text}}}` : JSON.stringify({ result: { data } });
}
