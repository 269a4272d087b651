import { getWireFormat } from "@patchbay/core/registry";
import type { WireFormat } from "@patchbay/core/wire-format";
import type { Request, Response } from "express";
import type { Services } from "../services.ts";
import { toConnectError } from "../http/failures.ts";
import { parseQuery } from "../http/parse-query.ts";
import { redirectToPage } from "../http/respond.ts";
import { logFailure } from "../log.ts";

/** What a callback needs. */
export type CallbackServices = Pick<Services, "connect" | "registry" | "sessions" | "log">;

/** Handles a provider's callback. The page gets a ticket in place of the code, or the code of the failure; never an error page. */
export async function handleCallback(services: CallbackServices, request: Request, response: Response): Promise<void> {
  const provider = String(request.params["provider"]);
  const format = getWireFormat(services.registry, provider);
  try {
    redirectToPage(response, await acceptCallback(services, format, { request, provider }));
  } catch (thrown) {
    const failure = toConnectError(thrown);
    if (failure === undefined) throw thrown;
    logFailure(services.log, failure, { id: response.locals["requestId"], provider });
    const { code, field } = failure;
    redirectToPage(response, { ...format.failureParams(code, provider), ...(field !== undefined && { field }) });
  }
}

async function acceptCallback(
  services: CallbackServices,
  format: WireFormat,
  { request, provider }: { request: Request; provider: string },
) {
  const parsed = parseQuery(request.originalUrl);
  const callback = { provider, response: parsed, ...services.sessions.getCallbackCaller(request) };
  if (format.finishedParams) {
    await services.connect.acceptAndFinish(callback);
    return format.finishedParams;
  }
  const { ticket, proof } = await services.connect.acceptCallback(callback);
  return { provider, ...format.landingParams({ ticket, proof, state: parsed.parameters["state"] ?? "" }) };
}
