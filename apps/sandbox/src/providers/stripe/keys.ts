import { basic, bearer } from "../../client.ts";
import type { Call } from "../../wire.ts";
import { oauthRefusal, invalidKey } from "./refusals.ts";
import { type Mode, modeByKey } from "./stripe.ts";

/** The secret key as Stripe takes it: a bearer token, or the user name of HTTP Basic. */
export const headerKey = (call: Call): string | undefined => bearer(call) ?? basic(call)?.id;

/** Whose key it is at connect.stripe.com, where it may also stand in the form. */
export function platform(call: Call): Mode {
  const key = headerKey(call) ?? call.form.get("client_secret") ?? "";
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
