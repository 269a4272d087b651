import { type FailureCode, isFailureCode } from "./sentences.ts";

export interface FinishInput {
  provider: string | undefined;
  ticket: string;
  state?: string;
  shop?: string;
  iss?: string;
}

/** What brought the browser here, as the address says it. Nothing in it is believed: truth is what the API answers. */
export type Return =
  | { type: "none" }
  /** A provider sent the user back with a ticket, which `connect.finish` takes once. */
  | { type: "finish"; input: FinishInput }
  /** The API says that it finished by itself. Only the list can confirm that. */
  | { type: "hint"; provider: string }
  | { type: "failed"; provider: string | undefined; code: FailureCode | null; field?: string };

/** Ids are short words; anything else in their place is somebody's experiment. */
const ID = /^[a-z][a-z0-9-]{0,31}$/;

/** A provider's own name for the ticket, so that it cannot be taken for another's: `zoom_code`. */
const OWN_TICKET = /^([a-z][a-z0-9-]{0,31})_code$/;

const SHARED = new Set(["code", "state", "scope", "shop", "verified", "provider", "error", "field", "iss"]);

/** Longer than any code a provider hands out. */
const LONGEST = 4096;

/** Reads the address of the integrations page. The one place that knows the shapes in which walks come back. */
export function readReturn(search: URLSearchParams): Return {
  const own = [...search.keys()].find((name) => OWN_TICKET.test(name));
  const outcome = [...search].find(([name, value]) => isOutcome(name, value));
  const named = search.get("provider") ?? own?.replace(OWN_TICKET, "$1") ?? outcome?.[0];
  const provider = named !== undefined && ID.test(named) ? named : undefined;
  const failed = (code: FailureCode | null): Return => ({ type: "failed", provider, code });

  const error = search.get("error");
  if (error !== null) {
    const field = search.get("field");
    return { ...failed(isFailureCode(error) ? error : null), ...(field !== null && ID.test(field) && { field }) };
  }
  const ticketIn = search.has("code") ? "code" : own;
  if (ticketIn !== undefined) {
    if (named !== provider) return failed("provider_unknown");
    const fault = faultOf(search, ticketIn);
    return fault ? failed(fault) : { type: "finish", input: { provider, ...ticketOf(search, ticketIn) } };
  }
  if (outcome === undefined) return { type: "none" };
  return outcome[1] === "success" ? { type: "hint", provider: outcome[0] } : failed(null);
}

/** `paypal=success`: a provider whose walk the API finishes itself. */
function isOutcome(name: string, value: string): boolean {
  return ID.test(name) && !SHARED.has(name) && (value === "success" || value === "error");
}

function faultOf(search: URLSearchParams, ticketIn: string): FailureCode | undefined {
  const read = [ticketIn, "provider", "state", "shop", "iss"];
  if (read.some((name) => search.getAll(name).length > 1)) return "invalid_request";
  if (read.some((name) => (search.get(name) ?? "").length > LONGEST)) return "invalid_request";
  if (!search.get(ticketIn)) return "missing_code";
  // Without a provider the state alone tells whose walk this is.
  if (ticketIn === "code" && !search.has("provider") && !search.get("state")) return "invalid_state";
  if (search.has("shop") && search.get("verified") !== "true") return "invalid_hmac";
  return undefined;
}

function ticketOf(search: URLSearchParams, ticketIn: string): Omit<FinishInput, "provider"> {
  const state = search.get("state");
  const shop = search.get("shop");
  // An empty issuer is one too, and not the right one.
  const iss = search.get("iss");
  return {
    ticket: search.get(ticketIn) ?? "",
    ...(state && { state }),
    ...(shop && { shop }),
    ...(iss !== null && { iss }),
  };
}

/**
 * Takes the return out of the address bar, and so out of what history shows, and of referrers. A ticket stays with the
 * history entry until it is answered, so that a reload in between asks again: a ticket sent twice gives one result.
 */
export function takeReturn({ location, history }: Pick<Window, "location" | "history">): Return {
  const returned = readReturn(new URLSearchParams(location.search));
  if (!location.search && !location.hash) return keptReturn(history.state);
  // A provider's own code, which comes without our naming the provider, is never kept.
  const kept =
    returned.type === "finish" && returned.input.provider !== undefined
      ? { unanswered: returned.input }
      : history.state;
  history.replaceState(kept, "", location.pathname);
  return returned;
}

/** The ticket has its answer. */
export function forgetReturn(history: Pick<History, "state" | "replaceState">): void {
  if (keptReturn(history.state).type === "finish") history.replaceState(null, "");
}

function keptReturn(state: unknown): Return {
  const kept = typeof state === "object" && state !== null && "unanswered" in state ? state.unanswered : undefined;
  return typeof kept === "object" && kept !== null ? { type: "finish", input: kept as FinishInput } : { type: "none" };
}
