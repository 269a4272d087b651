import { minutes } from "../../clock.ts";
import { type ConsentScreen, recordConsent, redirectToApp } from "../../oauth/consent.ts";
import type { AuthorizationRequest } from "../../oauth/grants.ts";
import { randomAlphanumeric } from "../../random.ts";
import { jsonResponse, Refusal } from "../../http/messages.ts";
import { requestId } from "./refusals.ts";
import { connectHost, modes, type StripeState } from "./stripe.ts";

/** `GET https://connect.stripe.com/oauth/authorize`, for Standard accounts. */
export function createStripeConsent(stripe: StripeState): ConsentScreen {
  const { people, switches } = stripe;
  return {
    title: "Stripe",
    host: connectHost,
    path: "/oauth/authorize",
    parseRequest: (asked) => parseStripeRequest(stripe, asked),
    listPeople: () => people.listSeeded(),
    onAllow: (authorization, person) => {
      const value = `ac_${randomAlphanumeric(32)}`;
      const { scopes } = recordConsent(stripe, { value, authorization, person, lifetime: minutes(5) });
      const returned = [
        ["scope", scopes.join(" ")],
        ["code", value],
        ["state", authorization.state],
      ] as const;
      return redirectToApp(authorization.redirectUri, returned, switches.current());
    },
    onDeny: ({ redirectUri, state }) => {
      const returned = [
        ["error", "access_denied"],
        ["error_description", "The user denied your request"],
        ["state", state],
      ] as const;
      return redirectToApp(redirectUri, returned, switches.current());
    },
  };
}

/** Parses the authorization request. The browser sees every error as JSON, and the app is not told. */
function parseStripeRequest(stripe: StripeState, asked: URLSearchParams): AuthorizationRequest {
  const mode = modes.find(({ clientId }) => clientId === asked.get("client_id"));
  if (mode === undefined)
    throw new Refusal(
      jsonResponse(400, { error: { message: "No application matches the supplied client identifier" } }, requestId()),
    );
  const state = asked.get("state") ?? undefined;
  const problem = findRequestError(stripe, asked);
  if (problem) throw new Refusal(jsonResponse(400, { ...problem, ...(state !== undefined && { state }) }, requestId()));
  const redirectUri = asked.get("redirect_uri") ?? stripe.app.redirectUris[0] ?? "";
  return {
    clientId: mode.clientId,
    redirectUri,
    scopes: ["read_write"],
    state,
    challenge: undefined,
    realm: mode.name,
  };
}

interface StripeError {
  readonly error: string;
  readonly error_description: string;
}

function findRequestError({ app }: StripeState, asked: URLSearchParams): StripeError | undefined {
  const uri = asked.get("redirect_uri");
  if (uri !== null && !app.redirectUris.includes(uri))
    return createStripeError(
      "invalid_redirect_uri",
      `Invalid redirect URI '${uri}'. Ensure this uri exactly matches one of the uris specified in your application settings.`,
    );
  const type = asked.get("response_type");
  if (type === null) return createStripeError("invalid_request", "No response type specified");
  if (type !== "code") return createStripeError("unsupported_response_type", `Unsupported response type: ${type}`);
  return findScopeError(asked.get("scope") ?? "read_only");
}

/** The default is `read_only`, which only Connect extensions may ask for. */
function findScopeError(scope: string): StripeError | undefined {
  if (scope === "read_write") return undefined;
  if (scope === "read_only")
    return createStripeError(
      "invalid_scope",
      "The read_only scope is not available to this application. Use read_write.",
    );
  return createStripeError("invalid_scope", `Invalid scope provided: ${scope}`);
}

const createStripeError = (error: string, error_description: string): StripeError => ({ error, error_description });
