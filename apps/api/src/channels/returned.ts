import type { Request, Response } from "express";
import type { Calls } from "../calls.ts";
import { asConnectError } from "../http/failures.ts";
import { readReturn } from "../http/query.ts";
import { faceOf, type Face } from "./faces.ts";
import { logFailure } from "../log.ts";
import { sendToPage } from "./redirects.ts";

/** A provider's return. The page gets a ticket in place of the code, or the code of the failure; never an error page. */
export async function takeReturn(calls: Calls, request: Request, response: Response): Promise<void> {
  const provider = String(request.params["provider"]);
  const face = faceOf(provider);
  try {
    sendToPage(response, await land(calls, face, { request, provider }));
  } catch (thrown) {
    const failure = asConnectError(thrown);
    if (failure === undefined) throw thrown;
    logFailure(calls.log, failure, { id: response.locals["requestId"], provider });
    const { code, field } = failure;
    sendToPage(response, { ...face.failed(code, provider), ...(field !== undefined && { field }) });
  }
}

async function land(calls: Calls, face: Face, { request, provider }: { request: Request; provider: string }) {
  const returned = readReturn(request.originalUrl);
  const arrival = { provider, returned, ...calls.callers.ofReturn(request) };
  if (face.finished) {
    await calls.connect.finishReturn(arrival);
    return face.finished;
  }
  const { ticket, proof } = await calls.connect.exchangeForTicket(arrival);
  return { provider, ...face.landing({ ticket, proof, state: returned.answers["state"] ?? "" }) };
}
