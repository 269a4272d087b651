import { htmlResponse, jsonResponse, Refusal, noStoreHeaders } from "../../http/messages.ts";
import { renderNoticePage } from "../../page/notice.ts";

const sentences = {
  invalid_client:
    "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
  invalid_grant:
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
  unsupported_grant_type: "The authorization grant type is not supported by the authorization server.",
  unauthorized_client: "You are not authorized to revoke this token",
} as const;

const statuses: Partial<Record<keyof typeof sentences, number>> = { invalid_client: 401, unauthorized_client: 403 };

/** Builds an OAuth error in the words of Doorkeeper, which Calendly's server behaves like. */
export function oauthRefusal(error: keyof typeof sentences): Refusal {
  const description = sentences[error];
  const challenge = {
    "www-authenticate": `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`,
  };
  const headers = error === "invalid_client" ? { ...noStoreHeaders, ...challenge } : noStoreHeaders;
  return new Refusal(jsonResponse(statuses[error] ?? 400, { error, error_description: description }, headers));
}

/** Builds the OAuth error for a missing parameter. */
export function missingParameter(name: string): Refusal {
  const description = `Missing required parameter: ${name}.`;
  return new Refusal(jsonResponse(400, { error: "invalid_request", error_description: description }, noStoreHeaders));
}

/** Builds an error page of the authorize endpoint, for errors that must not be sent to an unregistered redirect URI. */
export function pageRefusal(status: number, text: string): Refusal {
  return new Refusal(
    htmlResponse(status, renderNoticePage({ title: "Calendly", heading: "An error has occurred", text })),
  );
}

/** Builds an error of the API host: it has `title` and `message`, not OAuth's fields. */
export function apiRefusal(
  status: number,
  title: string,
  more: { message: string; required_scopes?: string[]; details?: object[] },
): Refusal {
  return new Refusal(jsonResponse(status, { title, ...more }));
}
