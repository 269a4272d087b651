import type { Caller, Connection } from "@patchbay/core/connect";
import { getProvider } from "@patchbay/core/registry";
import { ConnectError } from "@patchbay/core/errors";
import type { Request, Response } from "express";
import type { Services } from "../services.ts";
import type { FinishBody } from "./wire-format.ts";
import { getWireFormat } from "./wire-formats.ts";

/** POST /<provider>/connect: finishes an attempt by what the page was told. */
export async function finishConnect(calls: Services, request: Request, response: Response): Promise<void> {
  const provider = String(request.params["provider"]);
  const caller = calls.sessions.require(request);
  getProvider(calls.registry, provider);
  const face = getWireFormat(provider);
  const posted = face.body.parse(request.body ?? {});
  response.json({ success: true, ...face.buildResponse(await finish(calls, caller, { provider, posted })) });
}

/** By ticket; or by the code itself, where the provider returned to the page. */
export async function finish(
  calls: Services,
  caller: Caller,
  { provider, posted }: { provider: string; posted: FinishBody },
): Promise<Connection> {
  const { state } = posted;
  if (!calls.returnsToPage(provider)) return await calls.connect.finishByTicket(caller, { provider, ...posted });
  if (state === undefined) throw new ConnectError("invalid_request", "a code without its state", { field: "state" });
  return await calls.connect.finishByCode(caller, { provider, ...posted, state });
}
