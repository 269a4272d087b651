import type { IncomingMessage, ServerResponse } from "node:http";
import { getProvider } from "@patchbay/core/registry";
import { ConnectError } from "@patchbay/core/errors";
import type { FormValues, Provider, AuthorizationResponse } from "@patchbay/core/provider";
import type { RequestHandler } from "express";
import type { Services } from "../services.ts";
import { redirect, redirectToPage } from "../http/respond.ts";
import { toConnectError, sendFailure } from "../http/failures.ts";
import { isAtPublicHost } from "../http/public-host.ts";
import { parseQuery } from "../http/parse-query.ts";
import { noStoreHeaders } from "../http/no-store.ts";
import { isPrefetch } from "../http/prefetch.ts";
import { connectionIdText } from "../http/schemas.ts";
import { isConnectRequest } from "../http/session.ts";

/** What beginning a connect flow needs. */
export type BeginServices = Pick<Services, "connect" | "registry" | "sessions" | "installTokens">;

type BeginRequest = { request: IncomingMessage; response: ServerResponse; url: string };

/** GET /<provider>/auth: sends the browser to the provider. A browser that navigates here never sees raw JSON. */
export async function beginByRedirect(services: BeginServices, id: string, beginRequest: BeginRequest): Promise<void> {
  const { request, response, url } = beginRequest;
  let install: FormValues | undefined;
  try {
    install = services.registry.get(id)?.provider?.parseInstallRequest?.(parseQuery(url), new Date());
    // From another site only a provider's own signature, which holds and is fresh, begins anything.
    if (install === undefined && request.headers["sec-fetch-site"] === "cross-site")
      throw new ConnectError("origin_refused", "begun from another site");
    const { values, connection } = readOpening(services, id, beginRequest);
    const caller = services.sessions.requireWithBrowser(request, response);
    const opening = { provider: id, values: { ...values, ...install }, reconnectConnectionId: connection };
    const firstStep = await services.connect.begin(caller, opening);
    if (firstStep.type !== "redirect")
      throw new Error(`${id} begins by redirect, and its first step is "${firstStep.type}"`);
    redirect(response, firstStep.to.href);
  } catch (thrown) {
    const failure = toConnectError(thrown);
    if (failure === undefined) throw thrown;
    if (request.headers["sec-fetch-mode"] !== "navigate") return sendFailure(response, failure);
    if (isConnectRequest(request)) redirectToPage(response, { error: failure.code, provider: id }, "/connect");
    else if (failure.code === "unauthenticated") sendToSignIn(services, id, { ...beginRequest, install });
    else redirectToPage(response, { error: failure.code, provider: id });
  }
}

/** An installation is gone on with in this browser, once somebody has signed in there. */
function sendToSignIn(
  { sessions, installTokens }: BeginServices,
  provider: string,
  { request, response, install }: BeginRequest & { install: FormValues | undefined },
): void {
  const query = new URLSearchParams({ provider });
  if (install)
    query.set(
      "install",
      installTokens.sign({ provider, values: install, browser: sessions.ensureBrowser(request, response) }),
    );
  redirect(response, `/sign-in?${query.toString()}`);
}

/** The provider's App URL is our front page: its signed request to begin there is one to `/auth`. */
export function createInstallPage(services: BeginServices, publicUrl: URL): RequestHandler {
  return async (request, response, next) => {
    if (request.method === "HEAD" || isPrefetch(request)) return next();
    const query = parseQuery(request.originalUrl);
    const providers = isAtPublicHost(request.headers, publicUrl) ? [...services.registry.values()] : [];
    const found = providers.find(({ provider }) => isInstall(provider, query));
    if (found === undefined) return next();
    response.set(noStoreHeaders);
    await beginByRedirect(services, found.id, { request, response, url: request.originalUrl });
  };
}

/** Whether it has the form of one; whether it holds is judged where it begins. */
function isInstall(provider: Provider | undefined, query: AuthorizationResponse): boolean {
  try {
    return provider?.parseInstallRequest?.(query, new Date()) !== undefined;
  } catch {
    return true;
  }
}

/** Of the query only the answers to the provider's own questions count, and our own `connection`. */
function readOpening(services: BeginServices, id: string, { request, response, url }: BeginRequest) {
  const { parameters, repeated } = parseQuery(url);
  const { fields, methods } = getProvider(services.registry, id);
  // A GET must not make anybody's phone ring.
  if (!methods.includes("redirect"))
    throw new ConnectError("invalid_request", "not by redirect", { field: "provider" });
  const installToken = parameters["install"];
  const values =
    installToken === undefined
      ? Object.fromEntries(fields.map(({ name }) => [name, parameters[name] ?? ""]))
      : services.installTokens.read(installToken, {
          provider: id,
          browser: services.sessions.ensureBrowser(request, response),
        });
  if (values === undefined) throw new ConnectError("attempt_unknown", "an installation that is over, or of elsewhere");
  if (repeated.includes("connection")) throw new ConnectError("invalid_request", "repeated", { field: "connection" });
  const connection =
    parameters["connection"] === undefined ? undefined : connectionIdText.safeParse(parameters["connection"]);
  if (connection?.success === false) throw new ConnectError("invalid_request", "not an id", { field: "connection" });
  return { values, connection: connection?.data };
}
