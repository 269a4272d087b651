import type { Request, RequestHandler, Response } from "express";
import { dropConnection, sendResponse } from "./respond.ts";
import type { SimulatedProvider } from "../provider.ts";
import type { Fault } from "../control/schemas/failures.ts";
import { buildFaultResponse, type FaultStore } from "./faults.ts";
import type { RequestOutcome, RequestLog } from "../logs/request-log.ts";
import type { RefreshOutcome } from "../control/schemas/reports.ts";
import type { PendingRefresh, RefreshLog } from "../logs/refresh-log.ts";
import { buildContentPolicy } from "../page/layout.ts";
import { findRoute, type RouteMatch } from "./routes.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse, Refusal } from "./messages.ts";
import { applyNulls, isJson, getResponseFormat } from "./response-format.ts";

/** What the handler of provider requests needs. */
export interface ProviderHandlerDeps {
  readonly providers: readonly SimulatedProvider[];
  readonly faults: FaultStore;
  readonly requestLog: RequestLog;
  readonly refreshLog: RefreshLog;
  readonly origins: readonly string[];
}

/** Creates the Express handler for requests to the providers. */
export function createProviderHandler(door: ProviderHandlerDeps): RequestHandler {
  return async (request, response) => {
    const call = parseProviderRequest(request);
    const match = findRoute(door.providers, call);
    const record = door.requestLog.record(call, match && { provider: match.provider.id, route: match.route });
    const sent = match && door.refreshLog.recordRefresh(match, call);
    const fault = door.faults.takeFault(call, match?.provider);
    record.failed = fault !== undefined;
    await answerRequest({ call, match, fault, record, sent }, response, door.origins);
  };
}

interface InFlightRequest {
  readonly call: ProviderRequest;
  readonly match: RouteMatch | undefined;
  readonly fault: Fault | undefined;
  readonly record: RequestOutcome;
  readonly sent: PendingRefresh | undefined;
}

async function answerRequest(inFlight: InFlightRequest, response: Response, origins: readonly string[]): Promise<void> {
  const { fault, record, sent } = inFlight;
  if (fault?.drop === true || fault?.drop === "before") {
    await dropRequest(inFlight, response);
    return sent?.endRefresh("failed");
  }
  const ordered = fault && fault.drop !== "after" ? buildFaultResponse(fault) : undefined;
  const wire = inFlight.match === undefined || ordered ? {} : getResponseFormat(inFlight.match.provider);
  const answer = ordered ?? applyNulls(await callRoute(inFlight.match, inFlight.call), wire);
  if (fault?.drop === "after") await dropRequest(inFlight, response);
  else {
    record.status = answer.status;
    await sendResponse(response, addSecurityHeaders(answer, origins), {
      ...(isJson(answer) && wire),
      ...fault,
      cutAt: fault?.drop,
    });
  }
  const isLost = fault?.drop !== undefined || (response.destroyed && !response.writableFinished);
  sent?.endRefresh(ordered ? "failed" : judgeRefresh(answer, isLost));
}

function judgeRefresh({ status }: ProviderResponse, isLost: boolean): RefreshOutcome {
  if (status < 200 || status > 299) return "refused";
  return isLost ? "lost" : "rotated";
}

function dropRequest({ record, fault }: InFlightRequest, response: Response): Promise<void> {
  record.status = 0;
  return dropConnection(response, fault);
}

async function callRoute(match: RouteMatch | undefined, call: ProviderRequest): Promise<ProviderResponse> {
  if (match === undefined) return jsonResponse(404, { message: `The sandbox plays no ${call.host || "such host"}.` });
  try {
    return (await match.route?.handle(call, match.params)) ?? match.provider.notFound(call);
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

/** Adds headers: a page neither runs nor loads anything, and a browser does not guess content types. */
function addSecurityHeaders(answer: ProviderResponse, origins: readonly string[]): ProviderResponse {
  const isPage = answer.headers["content-type"]?.startsWith("text/html") ?? false;
  const page = isPage
    ? { "content-security-policy": buildContentPolicy(origins), "referrer-policy": "no-referrer" }
    : {};
  return { ...answer, headers: { "x-content-type-options": "nosniff", ...page, ...answer.headers } };
}

/** Splits `/<real host>/<real path>` and reads the body if it is a form. */
function parseProviderRequest(request: Request): ProviderRequest {
  const url = URL.parse(`http://sandbox.invalid${request.url}`);
  const [, host = "", ...rest] = (url?.pathname ?? "").split("/");
  const body = typeof request.body === "string" ? request.body : "";
  const isForm = request.get("content-type")?.startsWith("application/x-www-form-urlencoded") ?? false;
  return {
    method: request.method,
    host: host.toLowerCase(),
    path: `/${rest.join("/")}`,
    query: url?.searchParams ?? new URLSearchParams(),
    body,
    form: new URLSearchParams(isForm ? body : ""),
    header: (name) => request.get(name),
  };
}
