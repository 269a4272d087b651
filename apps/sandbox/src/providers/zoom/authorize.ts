import { minutes } from "../../clock.ts";
import { type ConsentScreen, giveConsent, returnTo } from "../../consent.ts";
import type { Ask } from "../../grants.ts";
import { alphanumeric } from "../../mint.ts";
import type { Challenge } from "../../pkce.ts";
import type { Call } from "../../wire.ts";
import { authorizeRefusal } from "./refusals.ts";
import { oauthHost, type Zoom } from "./zoom.ts";

/** `GET https://zoom.us/oauth/authorize`. */
export function authorizeScreen(zoom: Zoom): ConsentScreen {
  const { people, switches } = zoom;
  return {
    title: "Zoom",
    host: oauthHost,
    path: "/oauth/authorize",
    judge: (asked, call) => judge(zoom, asked, call),
    people: () => people.all(),
    allow: (ask, person) => {
      const value = alphanumeric(48);
      giveConsent(zoom, { value, ask, person, lifetime: minutes(5) });
      return returnTo(
        ask.redirectUri,
        [
          ["code", value],
          ["state", ask.state],
        ],
        switches.current(),
      );
    },
    deny: ({ redirectUri, state }) =>
      returnTo(
        redirectUri,
        [
          ["error", "access_denied"],
          ["state", state],
        ],
        switches.current(),
      ),
  };
}

function judge({ app }: Zoom, asked: URLSearchParams, call: Call): Ask {
  const refusal = (code: number, message: string) => authorizeRefusal(call.header("accept") ?? "", code, message);
  if (asked.get("client_id") !== app.clientId) throw refusal(4702, "Invalid client id");
  const redirectUri = asked.get("redirect_uri") ?? "";
  if (!app.redirectUris.includes(redirectUri)) throw refusal(4700, "Invalid redirect url");
  if (asked.get("response_type") !== "code") throw refusal(4700, "Invalid response type");
  if (!isScopeFine(app.scopes, asked.get("scope"))) throw refusal(4700, "Invalid scope");
  const challenge = challengeOf(asked);
  if (challenge === "unknown method") throw refusal(4700, "Invalid code challenge method");
  const state = asked.get("state") ?? undefined;
  return { clientId: app.clientId, redirectUri, scopes: app.scopes, state, challenge, realm: "" };
}

/** Scopes come from the app's settings: one that is named must be among them, and several at once are an error. */
const isScopeFine = (known: readonly string[], asked: string | null): boolean =>
  asked === null || known.includes(asked);

/** A challenge without a method is `plain`. */
function challengeOf(asked: URLSearchParams): Challenge | "unknown method" | undefined {
  const value = asked.get("code_challenge");
  if (value === null) return undefined;
  const method = asked.get("code_challenge_method") ?? "plain";
  return method === "plain" || method === "S256" ? { value, method } : "unknown method";
}
