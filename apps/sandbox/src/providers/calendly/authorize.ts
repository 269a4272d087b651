import { minutes } from "../../clock.ts";
import { type ConsentScreen, giveConsent, returnTo } from "../../consent.ts";
import { splitScopes } from "../../face.ts";
import type { Ask } from "../../grants.ts";
import { opaque } from "../../mint.ts";
import type { Challenge } from "../../pkce.ts";
import { Refusal } from "../../wire.ts";
import { authHost, type Calendly } from "./calendly.ts";
import { pageRefusal } from "./refusals.ts";

/** `GET https://auth.calendly.com/oauth/authorize`. */
export function authorizeScreen(calendly: Calendly): ConsentScreen {
  const { people, switches } = calendly;
  return {
    title: "Calendly",
    host: authHost,
    path: "/oauth/authorize",
    judge: (asked) => judge(calendly, asked),
    people: () => people.all(),
    allow: (ask, person) => {
      const value = opaque(32);
      giveConsent(calendly, { value, ask, person, lifetime: minutes(10) });
      return returnTo(
        ask.redirectUri,
        [
          ["code", value],
          ["state", ask.state],
          ["iss", switches.current().iss],
        ],
        switches.current(),
      );
    },
    deny: (ask) =>
      sentBack(calendly, ask, {
        error: "access_denied",
        description: "The resource owner or authorization server denied the request.",
      }),
  };
}

interface Problem {
  readonly error: string;
  readonly description: string;
}

type Back = Pick<Ask, "redirectUri" | "state">;

const sentBack = ({ switches }: Calendly, { redirectUri, state }: Back, { error, description }: Problem) =>
  returnTo(
    redirectUri,
    [
      ["error", error],
      ["error_description", description],
      ["state", state],
      ["iss", switches.current().iss],
    ],
    switches.current(),
  );

/** Client and redirect URI come first: an error in them is shown on a page and never sent anywhere. */
function judge(calendly: Calendly, asked: URLSearchParams): Ask {
  const { app } = calendly;
  if (asked.get("client_id") !== app.clientId)
    throw pageRefusal(401, "Client authentication failed due to unknown client.");
  const redirectUri = asked.get("redirect_uri") ?? "";
  if (!app.redirectUris.includes(redirectUri))
    throw pageRefusal(400, "The requested redirect uri is malformed or doesn't match client redirect URI.");
  const state = asked.get("state") ?? undefined;
  const scopes = splitScopes(asked.get("scope") ?? "");
  const problem = problemOf(
    asked,
    scopes.every((scope) => app.scopes.includes(scope)),
  );
  if (problem) throw new Refusal(sentBack(calendly, { redirectUri, state }, problem));
  return { clientId: app.clientId, redirectUri, scopes, state, challenge: challengeOf(asked), realm: "" };
}

function problemOf(asked: URLSearchParams, knownScopes: boolean): Problem | undefined {
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

function challengeOf(asked: URLSearchParams): Challenge | undefined {
  const value = asked.get("code_challenge");
  return value === null ? undefined : { value, method: "S256" };
}
