import type { IncomingMessage, ServerResponse } from "node:http";
import { providerOf } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import { z } from "zod";
import type { Calls } from "../calls.ts";
import { redirect } from "../http/answer.ts";
import { asConnectError, sendFailure } from "../http/failures.ts";
import { readReturn } from "../http/query.ts";
import { sendToPage } from "./redirects.ts";

const connectionId = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** GET /<provider>/auth: sends the browser to the provider. A browser that navigates here never sees raw JSON. */
export async function beginByRedirect(
  calls: Calls,
  id: string,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: string },
): Promise<void> {
  try {
    if (request.headers["sec-fetch-site"] === "cross-site")
      throw new ConnectError("origin_refused", "begun from another site");
    const { answers, connection } = readOpening(calls, id, url);
    const caller = calls.callers.withBrowser(request, response);
    const begun = await calls.connect.begin(caller, { provider: id, answers, reconnects: connection });
    if (begun.type !== "redirect") throw new ConnectError("provider_misbehaved", `${id} began with "${begun.type}"`);
    redirect(response, begun.to.href);
  } catch (thrown) {
    const failure = asConnectError(thrown);
    if (failure === undefined) throw thrown;
    if (request.headers["sec-fetch-mode"] !== "navigate") return sendFailure(response, failure);
    if (failure.code === "unauthenticated") redirect(response, `/sign-in?provider=${encodeURIComponent(id)}`);
    else sendToPage(response, { error: failure.code, provider: id });
  }
}

/** Of the query only the answers to the provider's own questions count, and our own `connection`. */
function readOpening(calls: Calls, id: string, url: string) {
  const { answers: given, repeated } = readReturn(url);
  const { opening, ways } = providerOf(calls.registry, id);
  // A GET must not make anybody's phone ring.
  if (!ways.includes("redirect")) throw new ConnectError("invalid_request", "not by redirect", { field: "provider" });
  const answers = Object.fromEntries(opening.map(({ name }) => [name, given[name] ?? ""]));
  if (repeated.includes("connection")) throw new ConnectError("invalid_request", "repeated", { field: "connection" });
  const connection = given["connection"] === undefined ? undefined : connectionId.safeParse(given["connection"]);
  if (connection?.success === false) throw new ConnectError("invalid_request", "not an id", { field: "connection" });
  return { answers, connection: connection?.data };
}
