import type { CallbackResult } from "@patchbay/core/connect";
import { buildReturnUrl } from "@patchbay/core/connect-sessions";
import { getWireFormat } from "@patchbay/core/registry";
import type { WireFormat } from "@patchbay/core/wire-format";
import type { Request, Response } from "express";
import type { Services } from "../services.ts";
import { toConnectError } from "../http/failures.ts";
import { parseQuery } from "../http/parse-query.ts";
import { redirect, redirectToPage } from "../http/respond.ts";
import { logFailure } from "../log.ts";

/** What a callback needs. */
export type CallbackServices = Pick<Services, "connect" | "registry" | "sessions" | "log">;

/**
 * Handles a provider's callback. The page, or the product of a connect session, gets a ticket in place of the code, or the code
 * of the failure; never an error page.
 */
export async function handleCallback(services: CallbackServices, request: Request, response: Response): Promise<void> {
  const provider = String(request.params["provider"]);
  const format = getWireFormat(services.registry, provider);
  const parsed = parseQuery(request.originalUrl);
  const { isVisitor, ...caller } = services.sessions.getCallbackCaller(request);
  try {
    const callback = { provider, response: parsed, ...caller };
    const result = await services.connect.acceptCallback(callback, format.finishedParams !== undefined);
    if (result.type === "refused") logRefused(services, response, { failure: result.failure, provider });
    const { connectSession } = result;
    if (connectSession !== undefined && connectSession.returnUrl !== null) {
      const told = { connect_session: connectSession.id, ...tellProduct(result), provider };
      return redirect(response, buildReturnUrl(connectSession.returnUrl, told), 303);
    }
    const parameters = tellPage(format, result, { provider, state: parsed.parameters["state"] ?? "" });
    redirectToPage(response, parameters, connectSession ? "/connect" : "/integrations");
  } catch (thrown) {
    const failure = toConnectError(thrown);
    if (failure === undefined) throw thrown;
    logRefused(services, response, { failure, provider });
    redirectToPage(response, describeFailure(format, failure, provider), isVisitor ? "/connect" : "/integrations");
  }
}

type Refusal = Parameters<typeof logFailure>[1];

function logRefused(
  { log }: CallbackServices,
  response: Response,
  { failure, provider }: { failure: Refusal; provider: string },
): void {
  logFailure(log, failure, { id: response.locals["requestId"], provider });
}

function describeFailure(format: WireFormat, { code, field }: Refusal, provider: string): Record<string, string> {
  return { ...format.failureParams(code, provider), ...(field !== undefined && { field }) };
}

/** What the product learns: a code that its back end completes the attempt with. */
function tellProduct(result: CallbackResult): Record<string, string> {
  if (result.type === "refused") return { error: result.failure.code };
  if (result.type === "claimed") throw new Error("an attempt of a connect session is not finished by its callback");
  return { connect_code: result.ticket };
}

function tellPage(
  format: WireFormat,
  result: CallbackResult,
  { provider, state }: { provider: string; state: string },
): Record<string, string> {
  if (result.type === "refused") return describeFailure(format, result.failure, provider);
  if (result.type === "claimed") return format.finishedParams ?? {};
  const { ticket, proof } = result;
  return { provider, ...format.landingParams({ ticket, proof, state }) };
}
