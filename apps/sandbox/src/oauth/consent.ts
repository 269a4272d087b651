import { appName, type ProviderRoute, splitScopes, type Switches } from "../provider.ts";
import type { AuthorizationRequest, GrantStore } from "./grants.ts";
import { renderConsentPage } from "../page/consent.ts";
import { renderNoticePage } from "../page/notice.ts";
import type { Patchable } from "../patch.ts";
import type { Person } from "../people-store.ts";
import {
  type ProviderResponse,
  type ProviderRequest,
  htmlResponse,
  redirectResponse,
  Refusal,
} from "../http/messages.ts";

/**
 * A provider's authorize endpoint. GET shows the consent page. POST to the same URL answers it, with the original
 * query (in the URL or as fields), `person` (an id from `/_/people`) and `decision` (`allow` or `deny`); it can be
 * called without a browser.
 */
export interface ConsentScreen {
  readonly title: string;
  readonly host: string | RegExp;
  readonly path: string;
  /** Parses what the app asks for. Throws the provider's refusal. */
  parseRequest(asked: URLSearchParams, request: ProviderRequest): AuthorizationRequest;
  /** Lists the people who may answer. */
  listPeople(request: ProviderRequest): readonly Person[];
  onAllow(authorization: AuthorizationRequest, person: Person): ProviderResponse;
  onDeny(authorization: AuthorizationRequest): ProviderResponse;
}

/** Creates the routes that show a consent page and take its answer. */
export function createConsentRoutes(screen: ConsentScreen): ProviderRoute[] {
  const { host, path } = screen;
  return [
    { method: "GET", host, path, handle: (request) => showConsentPage(screen, request) },
    { method: "POST", host, path, handle: (request) => answerConsent(screen, request) },
  ];
}

const decisionFields = new Set(["person", "decision"]);

/** Reads the query of the authorization request from the URL or from the form's hidden fields. */
function readAuthorizationQuery(request: ProviderRequest): URLSearchParams {
  const query = new URLSearchParams(request.query);
  for (const name of new Set(request.form.keys())) {
    query.delete(name);
    for (const value of request.form.getAll(name)) query.append(name, value);
  }
  for (const name of decisionFields) query.delete(name);
  return query;
}

function showConsentPage(screen: ConsentScreen, request: ProviderRequest): ProviderResponse {
  const query = readAuthorizationQuery(request);
  const { scopes } = screen.parseRequest(query, request);
  return htmlResponse(
    200,
    renderConsentPage({
      provider: screen.title,
      app: appName,
      host: request.host,
      action: `/${request.host}${request.path}`,
      hidden: [...query],
      people: screen.listPeople(request),
      scopes,
    }),
  );
}

function answerConsent(screen: ConsentScreen, request: ProviderRequest): ProviderResponse {
  const authorization = screen.parseRequest(readAuthorizationQuery(request), request);
  if (request.form.get("decision") === "deny") return screen.onDeny(authorization);
  const person = screen.listPeople(request).find(({ person }) => person === request.form.get("person"));
  if (request.form.get("decision") === "allow" && person) return screen.onAllow(authorization, person);
  throw new Refusal(
    htmlResponse(
      422,
      renderNoticePage({
        title: screen.title,
        heading: "Choose a person and a decision",
        text: "Send person=<an id from /_/people> and decision=allow or decision=deny.",
      }),
    ),
  );
}

/** A person's consent, and the code that stands for it. */
export interface ConsentGiven {
  readonly value: string;
  readonly authorization: AuthorizationRequest;
  readonly person: Person;
  readonly lifetime: number;
}

/** Records the person's consent. A switch can grant fewer scopes than the app asked for. */
export function recordConsent(
  provider: { grants: GrantStore; switches: Patchable<Switches> },
  consent: ConsentGiven,
): AuthorizationRequest {
  const { grantedScopes } = provider.switches.current();
  const scopes = grantedScopes === undefined ? consent.authorization.scopes : splitScopes(grantedScopes);
  const authorization = { ...consent.authorization, scopes };
  provider.grants.issueCode({ ...consent, request: authorization, person: consent.person.person });
  return authorization;
}

/** A parameter of the redirect to the app. One without a value is left out. */
export type ReturnParameter = readonly [name: string, value: string | undefined];

/** Redirects the browser to the app. Parameters without a value are left out. */
export function redirectToApp(
  uri: string,
  parameters: readonly ReturnParameter[],
  switches: Switches,
): ProviderResponse {
  const sent = new Map<string, string | readonly string[]>();
  for (const [name, value] of parameters) if (value !== undefined) sent.set(name, value);
  for (const [name, value] of Object.entries(switches.returns ?? {})) {
    if (value === null) sent.delete(name);
    else sent.set(name, value);
  }
  const pairs = [...sent].flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  const joint = uri.includes("?") ? "&" : "?";
  return redirectResponse(pairs.length === 0 ? uri : `${uri}${joint}${pairs.join("&")}`);
}
