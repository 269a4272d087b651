import { type Answer, type Call, json } from "../../wire.ts";
import { platform } from "./keys.ts";
import { oauthRefusal, requestId } from "./refusals.ts";
import { connection, type Stripe } from "./stripe.ts";
import { end } from "./webhooks.ts";

/** `POST https://connect.stripe.com/oauth/deauthorize`: one error code, several causes, told apart by the text. */
export function deauthorizeEndpoint(stripe: Stripe): (call: Call) => Answer {
  return (call) => {
    const mode = platform(call);
    const account = required(call.form, "stripe_user_id");
    if (required(call.form, "client_id") !== mode.clientId)
      throw oauthRefusal(401, "invalid_client", "No application matches the supplied client identifier");
    const grant = connection(stripe, account, mode);
    if (grant === undefined)
      throw oauthRefusal(
        401,
        "invalid_client",
        `This application is not connected to stripe account ${account}, or that account does not exist.`,
      );
    end(stripe, grant);
    return json(200, { stripe_user_id: account }, requestId());
  };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null) throw oauthRefusal(400, "invalid_request", `Missing required param: ${name}.`);
  return value;
}
