import { parseBasicCredentials, parseBearerToken } from "../../oauth/client-credentials.ts";
import type { ProviderRequest } from "../../http/messages.ts";
import { oauthRefusal, invalidKey } from "./refusals.ts";
import { type Mode, modeByKey } from "./stripe.ts";

/** Reads the secret key: a bearer token, or the user name of HTTP Basic. */
export const readHeaderKey = (request: ProviderRequest): string | undefined =>
  parseBearerToken(request) ?? parseBasicCredentials(request)?.id;

/** Returns the mode of the key at connect.stripe.com, where the form may carry the key too. */
export function requirePlatformKey(request: ProviderRequest): Mode {
  const key = readHeaderKey(request) ?? request.form.get("client_secret") ?? "";
  if (key === "")
    throw oauthRefusal(
      401,
      "invalid_client",
      "No authentication was provided. Send your secret API key using the Authorization header, or as a client_secret POST parameter.",
    );
  const mode = modeByKey(key);
  if (mode === undefined) throw oauthRefusal(401, "invalid_client", invalidKey(key));
  return mode;
}
