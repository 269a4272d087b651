import type { Caller, Connection } from "@patchbay/core/connect";
import { getProvider, getWireFormat } from "@patchbay/core/registry";
import { ConnectError } from "@patchbay/core/errors";
import type { FinishBody } from "@patchbay/core/wire-format";
import type { Request, Response } from "express";
import { getCaller } from "../http/require-session.ts";
import type { Services } from "../services.ts";

/** What finishing an attempt needs. */
export type FinishServices = Pick<Services, "connect" | "returnsToPage">;

/** POST /<provider>/connect: finishes an attempt with what the page was told. */
export async function finishConnect(
  services: FinishServices & Pick<Services, "registry">,
  request: Request<{ provider: string }>,
  response: Response,
): Promise<void> {
  const { provider } = request.params;
  getProvider(services.registry, provider);
  const format = getWireFormat(services.registry, provider);
  const posted = format.body.parse(request.body ?? {});
  const connection = await finishAttempt(services, getCaller(response), { provider, posted });
  response.json({ success: true, ...format.buildResponse(connection) });
}

/** Finishes an attempt by its ticket; or by the code itself, if the provider returned to the page. */
export async function finishAttempt(
  { connect, returnsToPage }: FinishServices,
  caller: Caller,
  { provider, posted }: { provider: string; posted: FinishBody },
): Promise<Connection> {
  const { state } = posted;
  if (!returnsToPage(provider)) return await connect.finishByTicket(caller, { provider, ...posted });
  if (state === undefined) throw new ConnectError("invalid_request", "a code without its state", { field: "state" });
  return await connect.finishByCode(caller, { provider, ...posted, state });
}
