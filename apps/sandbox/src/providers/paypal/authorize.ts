import { minutes } from "../../clock.ts";
import { type ConsentScreen, giveConsent, type ReturnParameter, returnTo } from "../../consent.ts";
import { splitScopes } from "../../face.ts";
import type { Ask } from "../../grants.ts";
import { alphanumeric } from "../../mint.ts";
import type { Call } from "../../wire.ts";
import { browserHost, environmentOf, isClient, type Paypal, type PaypalSwitches } from "./paypal.ts";
import { pageRefusal } from "./refusals.ts";

/** The address of the log-in page today, and the older ones that still answer. */
const paths = ["/signin/authorize", "/connect", "/webapps/auth/protocol/openidconnect/v1/authorize"];

export function authorizeScreens(paypal: Paypal): ConsentScreen[] {
  const { people, switches } = paypal;
  return paths.map((path) => ({
    title: "PayPal",
    host: browserHost,
    path,
    judge: (asked, call) => judge(paypal, asked, call),
    people: () => people.all(),
    allow: (ask, person) => {
      const value = `C21AA${alphanumeric(80)}`;
      const { scopes } = giveConsent(paypal, { value, ask, person, lifetime: minutes(3) });
      const returned = [
        ["code", value],
        ["scope", scopes.join(" ")],
        ["state", ask.state],
      ] as const;
      return returnTo(ask.redirectUri, returned, switches.current());
    },
    deny: (ask) => returnTo(ask.redirectUri, denial(ask, switches.current()), switches.current()),
  }));
}

/** What a denial returns: PayPal does not document it, and it was seen to leave the state out. */
function denial({ redirectUri, state }: Ask, { denial }: PaypalSwitches): ReturnParameter[] {
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

/** PKCE parameters are ignored, as PayPal ignores them. */
function judge(paypal: Paypal, asked: URLSearchParams, call: Call): Ask {
  const { app } = paypal;
  const redirectUri = asked.get("redirect_uri") ?? "";
  const scopes = splitScopes(asked.get("scope") ?? "");
  const isFine =
    isClient(paypal, asked.get("client_id"), call.host) &&
    app.redirectUris.includes(redirectUri) &&
    asked.get("response_type") === "code" &&
    scopes.includes("openid") &&
    scopes.every((scope) => app.scopes.includes(scope));
  if (!isFine) throw pageRefusal();
  const state = asked.get("state") ?? undefined;
  return { clientId: app.clientId, redirectUri, scopes, state, challenge: undefined, realm: environmentOf(call.host) };
}
