import { minutes } from "../../clock.ts";
import { type ConsentScreen, recordConsent, redirectToApp } from "../../oauth/consent.ts";
import type { AuthorizationRequest } from "../../oauth/grants.ts";
import { randomAlphanumeric } from "../../random.ts";
import type { CodeChallenge } from "../../oauth/pkce.ts";
import type { ProviderRequest } from "../../http/messages.ts";
import { authorizeRefusal } from "./refusals.ts";
import { splitScopes } from "../../provider.ts";
import { oauthHost, type ZoomState } from "./zoom.ts";

/** `GET https://zoom.us/oauth/authorize`. */
export function createZoomConsent(zoom: ZoomState): ConsentScreen {
  const { people, switches } = zoom;
  return {
    title: "Zoom",
    host: oauthHost,
    path: "/oauth/authorize",
    parseRequest: (asked, request) => parseZoomRequest(zoom, asked, request),
    listPeople: () => people.listSeeded(),
    onAllow: (authorization, person) => {
      const value = randomAlphanumeric(48);
      recordConsent(zoom, { value, authorization, person, lifetime: minutes(5) });
      return redirectToApp(
        authorization.redirectUri,
        [
          ["code", value],
          ["state", authorization.state],
        ],
        switches.current(),
      );
    },
    onDeny: ({ redirectUri, state }) =>
      redirectToApp(
        redirectUri,
        [
          ["error", "access_denied"],
          ["state", state],
        ],
        switches.current(),
      ),
  };
}

function parseZoomRequest(
  { app, switches }: ZoomState,
  asked: URLSearchParams,
  request: ProviderRequest,
): AuthorizationRequest {
  const refusal = (code: number, message: string) => authorizeRefusal(request.header("accept") ?? "", code, message);
  if (asked.get("client_id") !== app.clientId) throw refusal(4702, "Invalid client id");
  const redirectUri = asked.get("redirect_uri") ?? "";
  if (!app.redirectUris.includes(redirectUri)) throw refusal(4700, "Invalid redirect url");
  if (asked.get("response_type") !== "code") throw refusal(4700, "Invalid response type");
  const { appScopes } = switches.current();
  const scopes = appScopes === undefined ? app.scopes : splitScopes(appScopes);
  if (!isScopeAllowed(scopes, asked.get("scope"))) throw refusal(4700, "Invalid scope");
  const challenge = readChallenge(asked);
  if (challenge === "unknown method") throw refusal(4700, "Invalid code challenge method");
  const state = asked.get("state") ?? undefined;
  return { clientId: app.clientId, redirectUri, scopes, state, challenge, realm: "" };
}

/** Scopes come from the app's settings. A scope in the request must be one of them, and two scopes are an error. */
const isScopeAllowed = (known: readonly string[], asked: string | null): boolean =>
  asked === null || known.includes(asked);

/** A challenge without a method is `plain`. */
function readChallenge(asked: URLSearchParams): CodeChallenge | "unknown method" | undefined {
  const value = asked.get("code_challenge");
  if (value === null) return undefined;
  const method = asked.get("code_challenge_method") ?? "plain";
  return method === "plain" || method === "S256" ? { value, method } : "unknown method";
}
