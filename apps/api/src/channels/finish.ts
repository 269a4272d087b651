import { providerOf, type Caller, type Connection } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import type { Request, Response } from "express";
import type { Calls } from "../calls.ts";
import type { Posted } from "./face.ts";
import { faceOf } from "./faces.ts";

/** POST /<provider>/connect: finishes an attempt by what the page was told. */
export async function finishConnect(calls: Calls, request: Request, response: Response): Promise<void> {
  const provider = String(request.params["provider"]);
  const caller = calls.callers.caller(request);
  providerOf(calls.registry, provider);
  const face = faceOf(provider);
  const posted = face.body.parse(request.body ?? {});
  response.json({ success: true, ...face.answer(await finish(calls, caller, { provider, posted })) });
}

/** By ticket; or by the code itself, where the provider returned to the page. */
export async function finish(
  calls: Calls,
  caller: Caller,
  { provider, posted }: { provider: string; posted: Posted },
): Promise<Connection> {
  const { state } = posted;
  if (!calls.returnsToPage(provider)) return await calls.connect.finishByTicket(caller, { provider, ...posted });
  if (state === undefined) throw new ConnectError("invalid_request", "a code without its state", { field: "state" });
  return await calls.connect.finishByCode(caller, { provider, ...posted, state });
}
