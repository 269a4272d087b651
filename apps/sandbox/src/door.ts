import type { Request, RequestHandler, Response } from "express";
import { cut, deliver } from "./deliver.ts";
import type { Face } from "./face.ts";
import { type Fault, faultAnswer, type Faults } from "./faults.ts";
import type { CallRecord, Ledger } from "./ledger.ts";
import type { Outcome, Refreshes, Sent } from "./refreshes.ts";
import { contentPolicy } from "./page/layout.ts";
import { findRoute, type Match } from "./routes.ts";
import { type Answer, type Call, json, Refusal } from "./wire.ts";
import { answerWithNulls, isJson, wireSwitchesOf } from "./wire-switches.ts";

export interface Door {
  readonly faces: readonly Face[];
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly refreshes: Refreshes;
  readonly origins: readonly string[];
}

/** The way in for everything that is meant for a provider. */
export function providerDoor(door: Door): RequestHandler {
  return async (request, response) => {
    const call = readCall(request);
    const match = findRoute(door.faces, call);
    const record = door.ledger.enter(call, match && { provider: match.face.id, route: match.route });
    const sent = match && door.refreshes.arrive(match, call);
    const fault = door.faults.take(call, match?.face);
    record.failed = fault !== undefined;
    await carryOut({ call, match, fault, record, sent }, response, door.origins);
  };
}

interface Errand {
  readonly call: Call;
  readonly match: Match | undefined;
  readonly fault: Fault | undefined;
  readonly record: CallRecord;
  readonly sent: Sent | undefined;
}

async function carryOut(errand: Errand, response: Response, origins: readonly string[]): Promise<void> {
  const { fault, record, sent } = errand;
  if (fault?.drop === true || fault?.drop === "before") {
    await hangUp(errand, response);
    return sent?.end("failed");
  }
  const ordered = fault && fault.drop !== "after" ? faultAnswer(fault) : undefined;
  const wire = errand.match === undefined || ordered ? {} : wireSwitchesOf(errand.match.face);
  const answer = ordered ?? answerWithNulls(await play(errand.match, errand.call), wire);
  if (fault?.drop === "after") await hangUp(errand, response);
  else {
    record.status = answer.status;
    await deliver(response, guarded(answer, origins), { ...(isJson(answer) && wire), ...fault, cutAt: fault?.drop });
  }
  const isLost = fault?.drop !== undefined || (response.destroyed && !response.writableFinished);
  sent?.end(ordered ? "failed" : outcomeOf(answer, isLost));
}

function outcomeOf({ status }: Answer, isLost: boolean): Outcome {
  if (status < 200 || status > 299) return "refused";
  return isLost ? "lost" : "rotated";
}

function hangUp({ record, fault }: Errand, response: Response): Promise<void> {
  record.status = 0;
  return cut(response, fault);
}

async function play(match: Match | undefined, call: Call): Promise<Answer> {
  if (match === undefined) return json(404, { message: `The sandbox plays no ${call.host || "such host"}.` });
  try {
    return (await match.route?.handle(call, match.params)) ?? match.face.missing(call);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** A page must neither run nor load anything; no answer may be taken for another type. */
function guarded(answer: Answer, origins: readonly string[]): Answer {
  const isPage = answer.headers["content-type"]?.startsWith("text/html") ?? false;
  const page = isPage ? { "content-security-policy": contentPolicy(origins), "referrer-policy": "no-referrer" } : {};
  return { ...answer, headers: { "x-content-type-options": "nosniff", ...page, ...answer.headers } };
}

/** Splits `/<real host>/<real path>` and reads the body, if it is a form. */
function readCall(request: Request): Call {
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
