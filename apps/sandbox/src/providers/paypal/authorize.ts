import { minutes } from "../../clock.ts";
import { type ConsentScreen, recordConsent, type ReturnParameter, redirectToApp } from "../../oauth/consent.ts";
import { splitScopes } from "../../provider.ts";
import type { AuthorizationRequest } from "../../oauth/grants.ts";
import { randomAlphanumeric } from "../../random.ts";
import type { ProviderRequest } from "../../http/messages.ts";
import { browserHost, getEnvironment, isClient, type PaypalState, type PaypalSwitches } from "./paypal.ts";
import { pageRefusal } from "./refusals.ts";

/** The path of the log-in page today, and the older paths that still work. */
const paths = ["/signin/authorize", "/connect", "/webapps/auth/protocol/openidconnect/v1/authorize"];

/** Creates a consent screen for each path of the log-in page. */
export function createPaypalConsents(paypal: PaypalState): ConsentScreen[] {
  const { people, switches } = paypal;
  return paths.map((path) => ({
    title: "PayPal",
    host: browserHost,
    path,
    parseRequest: (asked, request) => parsePaypalRequest(paypal, asked, request),
    listPeople: () => people.listSeeded(),
    onAllow: (authorization, person) => {
      const value = `C21AA${randomAlphanumeric(80)}`;
      const { scopes } = recordConsent(paypal, { value, authorization, person, lifetime: minutes(3) });
      const returned = [
        ["code", value],
        ["scope", scopes.join(" ")],
        ["state", authorization.state],
      ] as const;
      return redirectToApp(authorization.redirectUri, returned, switches.current());
    },
    onDeny: (authorization) =>
      redirectToApp(authorization.redirectUri, buildDenial(authorization, switches.current()), switches.current()),
  }));
}

/** Builds the parameters of a denial. PayPal does not document them; its redirect was seen without the state. */
function buildDenial({ redirectUri, state }: AuthorizationRequest, { denial }: PaypalSwitches): ReturnParameter[] {
  if (denial === "bare") return [];
  if (denial === "no_state")
    return [
      ["error_uri", redirectUri],
      ["error_description", "Consent denied"],
      ["error", "access_denied"],
    ];
  return [
    ["error", "access_denied"],
    ["error_description", "The user denied the request"],
    ["state", state],
  ];
}

/** Parses the authorization request. PayPal ignores PKCE parameters, and so does the sandbox. */
function parsePaypalRequest(
  paypal: PaypalState,
  asked: URLSearchParams,
  request: ProviderRequest,
): AuthorizationRequest {
  const { app } = paypal;
  const redirectUri = asked.get("redirect_uri") ?? "";
  const scopes = splitScopes(asked.get("scope") ?? "");
  const isFine =
    isClient(paypal, asked.get("client_id"), request.host) &&
    app.redirectUris.includes(redirectUri) &&
    asked.get("response_type") === "code" &&
    scopes.includes("openid") &&
    scopes.every((scope) => app.scopes.includes(scope));
  if (!isFine) throw pageRefusal();
  const state = asked.get("state") ?? undefined;
  return {
    clientId: app.clientId,
    redirectUri,
    scopes,
    state,
    challenge: undefined,
    realm: getEnvironment(request.host),
  };
}
