import type { IncomingMessage, ServerResponse } from "node:http";
import { providerOf } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import type { Answers, Provider, Return } from "@patchbay/core/provider";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Calls } from "../calls.ts";
import { redirect } from "../http/answer.ts";
import { asConnectError, sendFailure } from "../http/failures.ts";
import { isAtPublicHost } from "../http/public-host.ts";
import { readReturn } from "../http/query.ts";
import { privateHeaders } from "../http/quiet.ts";
import { onlyLooks } from "../lane/usual.ts";
import { sendToPage } from "./redirects.ts";

const connectionId = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

type Asking = { request: IncomingMessage; response: ServerResponse; url: string };

/** GET /<provider>/auth: sends the browser to the provider. A browser that navigates here never sees raw JSON. */
export async function beginByRedirect(calls: Calls, id: string, asking: Asking): Promise<void> {
  const { request, response, url } = asking;
  let install: Answers | undefined;
  try {
    install = calls.registry.get(id)?.provider?.readInstall?.(readReturn(url), new Date());
    // From another site only a provider's own signature, which holds and is fresh, begins anything.
    if (install === undefined && request.headers["sec-fetch-site"] === "cross-site")
      throw new ConnectError("origin_refused", "begun from another site");
    const { answers, connection } = readOpening(calls, id, asking);
    const caller = calls.callers.withBrowser(request, response);
    const opening = { provider: id, answers: { ...answers, ...install }, reconnects: connection };
    const begun = await calls.connect.begin(caller, opening);
    if (begun.type !== "redirect") throw new ConnectError("provider_misbehaved", `${id} began with "${begun.type}"`);
    redirect(response, begun.to.href);
  } catch (thrown) {
    const failure = asConnectError(thrown);
    if (failure === undefined) throw thrown;
    if (request.headers["sec-fetch-mode"] !== "navigate") return sendFailure(response, failure);
    if (failure.code === "unauthenticated") sendToSignIn(calls, id, { ...asking, install });
    else sendToPage(response, { error: failure.code, provider: id });
  }
}

/** An installation is gone on with in this browser, once somebody has signed in there. */
function sendToSignIn(
  { callers, installs }: Calls,
  provider: string,
  { request, response, install }: Asking & { install: Answers | undefined },
): void {
  const query = new URLSearchParams({ provider });
  if (install)
    query.set("install", installs.sign({ provider, answers: install, browser: callers.browser(request, response) }));
  redirect(response, `/sign-in?${query.toString()}`);
}

/** The provider's App URL is our front page: its signed request to begin there is one to `/auth`. */
export function createInstallPage(calls: Calls, publicUrl: URL): RequestHandler {
  return async (request, response, next) => {
    if (request.method === "HEAD" || onlyLooks(request)) return next();
    const asked = readReturn(request.originalUrl);
    const known = isAtPublicHost(request.headers, publicUrl) ? [...calls.registry.values()] : [];
    const installs = known.find(({ provider }) => isInstall(provider, asked));
    if (installs === undefined) return next();
    response.set(privateHeaders);
    await beginByRedirect(calls, installs.id, { request, response, url: request.originalUrl });
  };
}

/** Whether it has the form of one; whether it holds is judged where it begins. */
function isInstall(provider: Provider | undefined, asked: Return): boolean {
  try {
    return provider?.readInstall?.(asked, new Date()) !== undefined;
  } catch {
    return true;
  }
}

/** Of the query only the answers to the provider's own questions count, and our own `connection`. */
function readOpening(calls: Calls, id: string, { request, response, url }: Asking) {
  const { answers: given, repeated } = readReturn(url);
  const { opening, ways } = providerOf(calls.registry, id);
  // A GET must not make anybody's phone ring.
  if (!ways.includes("redirect")) throw new ConnectError("invalid_request", "not by redirect", { field: "provider" });
  const waiting = given["install"];
  const answers =
    waiting === undefined
      ? Object.fromEntries(opening.map(({ name }) => [name, given[name] ?? ""]))
      : calls.installs.read(waiting, { provider: id, browser: calls.callers.browser(request, response) });
  if (answers === undefined) throw new ConnectError("attempt_unknown", "an installation that is over, or of elsewhere");
  if (repeated.includes("connection")) throw new ConnectError("invalid_request", "repeated", { field: "connection" });
  const connection = given["connection"] === undefined ? undefined : connectionId.safeParse(given["connection"]);
  if (connection?.success === false) throw new ConnectError("invalid_request", "not an id", { field: "connection" });
  return { answers, connection: connection?.data };
}
