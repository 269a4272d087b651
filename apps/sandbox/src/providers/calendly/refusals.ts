import { html, json, Refusal, uncached } from "../../wire.ts";
import { noticePage } from "../../page/notice.ts";

const sentences = {
  invalid_client:
    "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
  invalid_grant:
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
  unsupported_grant_type: "The authorization grant type is not supported by the authorization server.",
  unauthorized_client: "You are not authorized to revoke this token",
} as const;

const statuses: Partial<Record<keyof typeof sentences, number>> = { invalid_client: 401, unauthorized_client: 403 };

/** An OAuth error in the words of Doorkeeper, the engine which Calendly's server behaves like. */
export function oauthRefusal(error: keyof typeof sentences): Refusal {
  const description = sentences[error];
  const challenge = {
    "www-authenticate": `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`,
  };
  const headers = error === "invalid_client" ? { ...uncached, ...challenge } : uncached;
  return new Refusal(json(statuses[error] ?? 400, { error, error_description: description }, headers));
}

export function missingParameter(name: string): Refusal {
  const description = `Missing required parameter: ${name}.`;
  return new Refusal(json(400, { error: "invalid_request", error_description: description }, uncached));
}

/** An error of the authorize endpoint that must not be sent to a redirect URI nobody registered. */
export function pageRefusal(status: number, text: string): Refusal {
  return new Refusal(html(status, noticePage({ title: "Calendly", heading: "An error has occurred", text })));
}

/** An error of the API host: `title` and `message`, not OAuth's fields. */
export function apiRefusal(
  status: number,
  title: string,
  more: { message: string; required_scopes?: string[]; details?: object[] },
): Refusal {
  return new Refusal(json(status, { title, ...more }));
}
