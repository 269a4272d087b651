import { type ProviderResponse, type ProviderRequest, jsonResponse } from "../../http/messages.ts";
import { requirePlatformKey } from "./keys.ts";
import { oauthRefusal, requestId } from "./refusals.ts";
import { findGrant, type StripeState } from "./stripe.ts";
import { endStripeGrant } from "./webhooks.ts";

/** `POST https://connect.stripe.com/oauth/deauthorize`. One error code has several causes, which only the text tells apart. */
export function createDeauthorizeEndpoint(stripe: StripeState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const mode = requirePlatformKey(request);
    const account = requireParameter(request.form, "stripe_user_id");
    if (requireParameter(request.form, "client_id") !== mode.clientId)
      throw oauthRefusal(401, "invalid_client", "No application matches the supplied client identifier");
    const grant = findGrant(stripe, account, mode);
    if (grant === undefined)
      throw oauthRefusal(
        401,
        "invalid_client",
        `This application is not connected to stripe account ${account}, or that account does not exist.`,
      );
    endStripeGrant(stripe, grant);
    return jsonResponse(200, { stripe_user_id: account }, requestId());
  };
}

function requireParameter(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null) throw oauthRefusal(400, "invalid_request", `Missing required param: ${name}.`);
  return value;
}
