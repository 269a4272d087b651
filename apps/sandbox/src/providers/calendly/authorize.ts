import { minutes } from "../../clock.ts";
import { type ConsentScreen, recordConsent, redirectToApp } from "../../oauth/consent.ts";
import { splitScopes } from "../../provider.ts";
import type { AuthorizationRequest } from "../../oauth/grants.ts";
import { randomToken } from "../../random.ts";
import type { CodeChallenge } from "../../oauth/pkce.ts";
import { Refusal } from "../../http/messages.ts";
import { authHost, type CalendlyState } from "./calendly.ts";
import { pageRefusal } from "./refusals.ts";

/** `GET https://auth.calendly.com/oauth/authorize`. */
export function createCalendlyConsent(calendly: CalendlyState): ConsentScreen {
  const { people, switches } = calendly;
  return {
    title: "Calendly",
    host: authHost,
    path: "/oauth/authorize",
    parseRequest: (asked) => parseCalendlyRequest(calendly, asked),
    listPeople: () => people.listSeeded(),
    onAllow: (authorization, person) => {
      const value = randomToken(32);
      recordConsent(calendly, { value, authorization, person, lifetime: minutes(10) });
      return redirectToApp(
        authorization.redirectUri,
        [
          ["code", value],
          ["state", authorization.state],
          ["iss", switches.current().iss],
        ],
        switches.current(),
      );
    },
    onDeny: (authorization) =>
      redirectWithError(calendly, authorization, {
        error: "access_denied",
        description: "The resource owner or authorization server denied the request.",
      }),
  };
}

interface AuthorizationError {
  readonly error: string;
  readonly description: string;
}

type ReturnTarget = Pick<AuthorizationRequest, "redirectUri" | "state">;

const redirectWithError = (
  { switches }: CalendlyState,
  { redirectUri, state }: ReturnTarget,
  { error, description }: AuthorizationError,
) =>
  redirectToApp(
    redirectUri,
    [
      ["error", error],
      ["error_description", description],
      ["state", state],
      ["iss", switches.current().iss],
    ],
    switches.current(),
  );

/** Parses the authorization request. An error in the client or the redirect URI is shown on a page and never sent to the app. */
function parseCalendlyRequest(calendly: CalendlyState, asked: URLSearchParams): AuthorizationRequest {
  const { app } = calendly;
  if (asked.get("client_id") !== app.clientId)
    throw pageRefusal(401, "Client authentication failed due to unknown client.");
  const redirectUri = asked.get("redirect_uri") ?? "";
  if (!app.redirectUris.includes(redirectUri))
    throw pageRefusal(400, "The requested redirect uri is malformed or doesn't match client redirect URI.");
  const state = asked.get("state") ?? undefined;
  const scopes = splitScopes(asked.get("scope") ?? "");
  const problem = findRequestError(
    asked,
    scopes.every((scope) => app.scopes.includes(scope)),
  );
  if (problem) throw new Refusal(redirectWithError(calendly, { redirectUri, state }, problem));
  return { clientId: app.clientId, redirectUri, scopes, state, challenge: readS256Challenge(asked), realm: "" };
}

function findRequestError(asked: URLSearchParams, knownScopes: boolean): AuthorizationError | undefined {
  const type = asked.get("response_type");
  if (type === null) return { error: "invalid_request", description: "Missing required parameter: response_type." };
  if (type !== "code")
    return {
      error: "unsupported_response_type",
      description: "The authorization server does not support this response type.",
    };
  if (!knownScopes)
    return { error: "invalid_scope", description: "The requested scope is invalid, unknown, or malformed." };
  if (asked.has("code_challenge") && asked.get("code_challenge_method") !== "S256")
    return { error: "invalid_code_challenge_method", description: "The code_challenge_method must be S256." };
  return undefined;
}

function readS256Challenge(asked: URLSearchParams): CodeChallenge | undefined {
  const value = asked.get("code_challenge");
  return value === null ? undefined : { value, method: "S256" };
}
