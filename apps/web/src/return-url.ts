import { type FailureCode, isFailureCode } from "./sentences.ts";

/** What `connect.finish` takes. */
export interface FinishInput {
  provider: string | undefined;
  ticket: string;
  state?: string;
  echo?: Record<string, string>;
  iss?: string;
}

/**
 * What the address says about the return from a provider. Nothing in it is trusted: the API decides.
 *
 * - `finish`: the provider sent the user back with a ticket, which `connect.finish` takes once.
 * - `unconfirmed`: the API says that it has finished the flow. Only the list can confirm that.
 */
export type ReturnUrl =
  | { type: "none" }
  | { type: "finish"; input: FinishInput }
  | { type: "unconfirmed"; provider: string }
  | { type: "failed"; provider: string | undefined; code: FailureCode | null; field?: string };

const providerIdPattern = /^[a-z][a-z0-9-]{0,31}$/;

/** A ticket under the provider's own name, `<provider>_code`, cannot be taken for a ticket of another provider. */
const ownTicketPattern = /^([a-z][a-z0-9-]{0,31})_code$/;

const sharedParameters = new Set(["code", "state", "scope", "shop", "verified", "provider", "error", "field", "iss"]);

/** No provider's code is longer. */
const maxValueLength = 4096;

/** Parses the address of the integrations page. No other function knows how flows return to the page. */
export function parseReturnUrl(search: URLSearchParams): ReturnUrl {
  const ownTicket = [...search.keys()].find((name) => ownTicketPattern.test(name));
  const outcome = [...search].find(([name, value]) => isOutcomeParameter(name, value));
  const named = search.get("provider") ?? ownTicket?.replace(ownTicketPattern, "$1") ?? outcome?.[0];
  const provider = named !== undefined && providerIdPattern.test(named) ? named : undefined;
  const buildFailed = (code: FailureCode | null): ReturnUrl => ({ type: "failed", provider, code });

  const error = search.get("error");
  if (error !== null) {
    const field = search.get("field");
    return {
      ...buildFailed(isFailureCode(error) ? error : null),
      ...(field !== null && providerIdPattern.test(field) && { field }),
    };
  }
  const ticketName = search.has("code") ? "code" : ownTicket;
  if (ticketName !== undefined) {
    if (named !== provider) return buildFailed("provider_unknown");
    const code = findFailureCode(search, ticketName);
    return code ? buildFailed(code) : { type: "finish", input: { provider, ...buildFinishInput(search, ticketName) } };
  }
  if (outcome === undefined) return { type: "none" };
  return outcome[1] === "success" ? { type: "unconfirmed", provider: outcome[0] } : buildFailed(null);
}

/** Whether a parameter tells the outcome of a flow that the API finished itself: `<provider>=success`. */
function isOutcomeParameter(name: string, value: string): boolean {
  return providerIdPattern.test(name) && !sharedParameters.has(name) && (value === "success" || value === "error");
}

function findFailureCode(search: URLSearchParams, ticketName: string): FailureCode | undefined {
  const names = [ticketName, "provider", "state", "shop", "iss"];
  if (names.some((name) => search.getAll(name).length > 1)) return "invalid_request";
  if (names.some((name) => (search.get(name) ?? "").length > maxValueLength)) return "invalid_request";
  if (!search.get(ticketName)) return "missing_code";
  // Without a provider, the state alone tells which flow the ticket belongs to.
  if (ticketName === "code" && !search.has("provider") && !search.get("state")) return "invalid_state";
  if (search.has("shop") && search.get("verified") !== "true") return "invalid_hmac";
  return undefined;
}

function buildFinishInput(search: URLSearchParams, ticketName: string): Omit<FinishInput, "provider"> {
  const state = search.get("state");
  const shop = search.get("shop");
  // The API compares the issuer, so an empty one is sent too.
  const iss = search.get("iss");
  return {
    ticket: search.get(ticketName) ?? "",
    ...(state && { state }),
    ...(shop && { echo: { shop } }),
    ...(iss !== null && { iss }),
  };
}

/**
 * Parses the address and removes the return from it, so that neither the history nor a referrer shows it. The history
 * entry keeps a ticket until the API has answered, so that a reload sends it again: the API answers both times the same.
 */
export function consumeReturnUrl({ location, history }: Pick<Window, "location" | "history">): ReturnUrl {
  const returned = parseReturnUrl(new URLSearchParams(location.search));
  if (!location.search && !location.hash) return parseHistoryState(history.state);
  // A code that comes straight from the provider is never kept. Such a return does not name the provider.
  const isKept = returned.type === "finish" && returned.input.provider !== undefined;
  history.replaceState(isKept ? { unanswered: returned.input } : history.state, "", location.pathname);
  return returned;
}

/** Forgets the ticket that the history entry keeps, because the API has answered. */
export function forgetPendingFinish(history: Pick<History, "state" | "replaceState">): void {
  if (parseHistoryState(history.state).type === "finish") history.replaceState(null, "");
}

function parseHistoryState(state: unknown): ReturnUrl {
  const kept = typeof state === "object" && state !== null && "unanswered" in state ? state.unanswered : undefined;
  return typeof kept === "object" && kept !== null ? { type: "finish", input: kept as FinishInput } : { type: "none" };
}
