import { minutes } from "../../clock.ts";
import { type ConsentScreen, giveConsent, returnTo } from "../../consent.ts";
import type { Ask } from "../../grants.ts";
import { alphanumeric } from "../../mint.ts";
import { json, Refusal } from "../../wire.ts";
import { requestId } from "./refusals.ts";
import { connectHost, modes, type Stripe } from "./stripe.ts";

/** `GET https://connect.stripe.com/oauth/authorize`, for Standard accounts. */
export function authorizeScreen(stripe: Stripe): ConsentScreen {
  const { people, switches } = stripe;
  return {
    title: "Stripe",
    host: connectHost,
    path: "/oauth/authorize",
    judge: (asked) => judge(stripe, asked),
    people: () => people.all(),
    allow: (ask, person) => {
      const value = `ac_${alphanumeric(32)}`;
      const { scopes } = giveConsent(stripe, { value, ask, person, lifetime: minutes(5) });
      const returned = [
        ["scope", scopes.join(" ")],
        ["code", value],
        ["state", ask.state],
      ] as const;
      return returnTo(ask.redirectUri, returned, switches.current());
    },
    deny: ({ redirectUri, state }) => {
      const returned = [
        ["error", "access_denied"],
        ["error_description", "The user denied your request"],
        ["state", state],
      ] as const;
      return returnTo(redirectUri, returned, switches.current());
    },
  };
}

/** Every error but a denial is shown to the browser as JSON, and the app never hears of it. */
function judge(stripe: Stripe, asked: URLSearchParams): Ask {
  const mode = modes.find(({ clientId }) => clientId === asked.get("client_id"));
  if (mode === undefined)
    throw new Refusal(
      json(400, { error: { message: "No application matches the supplied client identifier" } }, requestId()),
    );
  const state = asked.get("state") ?? undefined;
  const problem = problemOf(stripe, asked);
  if (problem) throw new Refusal(json(400, { ...problem, ...(state !== undefined && { state }) }, requestId()));
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

interface Problem {
  readonly error: string;
  readonly error_description: string;
}

function problemOf({ app }: Stripe, asked: URLSearchParams): Problem | undefined {
  const uri = asked.get("redirect_uri");
  if (uri !== null && !app.redirectUris.includes(uri))
    return problem(
      "invalid_redirect_uri",
      `Invalid redirect URI '${uri}'. Ensure this uri exactly matches one of the uris specified in your application settings.`,
    );
  const type = asked.get("response_type");
  if (type === null) return problem("invalid_request", "No response type specified");
  if (type !== "code") return problem("unsupported_response_type", `Unsupported response type: ${type}`);
  return scopeProblem(asked.get("scope") ?? "read_only");
}

/** The default is `read_only`, which only Connect extensions may ask for. */
function scopeProblem(scope: string): Problem | undefined {
  if (scope === "read_write") return undefined;
  if (scope === "read_only")
    return problem("invalid_scope", "The read_only scope is not available to this application. Use read_write.");
  return problem("invalid_scope", `Invalid scope provided: ${scope}`);
}

const problem = (error: string, error_description: string): Problem => ({ error, error_description });
