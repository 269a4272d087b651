import type { Request, Response } from "express";
import type { Services } from "../services.ts";
import { toConnectError } from "../http/failures.ts";
import { parseQuery } from "../http/parse-query.ts";
import { getWireFormat, type WireFormat } from "./wire-formats.ts";
import { logFailure } from "../log.ts";
import { sendToPage } from "./redirects.ts";

/** A provider's return. The page gets a ticket in place of the code, or the code of the failure; never an error page. */
export async function handleCallback(calls: Services, request: Request, response: Response): Promise<void> {
  const provider = String(request.params["provider"]);
  const face = getWireFormat(provider);
  try {
    sendToPage(response, await acceptCallback(calls, face, { request, provider }));
  } catch (thrown) {
    const failure = toConnectError(thrown);
    if (failure === undefined) throw thrown;
    logFailure(calls.log, failure, { id: response.locals["requestId"], provider });
    const { code, field } = failure;
    sendToPage(response, { ...face.failureParams(code, provider), ...(field !== undefined && { field }) });
  }
}

async function acceptCallback(
  calls: Services,
  face: WireFormat,
  { request, provider }: { request: Request; provider: string },
) {
  const returned = parseQuery(request.originalUrl);
  const arrival = { provider, response: returned, ...calls.sessions.ofCallback(request) };
  if (face.finishedParams) {
    await calls.connect.finishReturn(arrival);
    return face.finishedParams;
  }
  const { ticket, proof } = await calls.connect.exchangeForTicket(arrival);
  return { provider, ...face.landingParams({ ticket, proof, state: returned.parameters["state"] ?? "" }) };
}
