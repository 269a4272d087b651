import { createPublicKey, verify } from "node:crypto";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { parseBearerToken } from "../../oauth/client-credentials.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse, parseJson } from "../../http/messages.ts";
import type { PaypalState } from "./paypal.ts";
import { debugId, plainRefusal, restRefusal } from "./refusals.ts";

const asked = z.object({
  auth_algo: z.string(),
  cert_url: z.string(),
  transmission_id: z.string(),
  transmission_sig: z.string(),
  transmission_time: z.string(),
  webhook_id: z.string(),
  webhook_event: z.record(z.string(), z.unknown()),
});

/** `POST /v1/notifications/verify-webhook-signature`, with a token of the app: says whether PayPal signed a delivery. */
export function verifyEndpoint(paypal: PaypalState): (request: ProviderRequest) => Promise<ProviderResponse> {
  return async (request) => {
    if (!paypal.appTokens.isAppTokenUsable(parseBearerToken(request) ?? ""))
      throw plainRefusal(401, {
        error: "invalid_token",
        description: "The token passed in was not found in the system",
      });
    const delivery = asked.safeParse(parseJson(request.body));
    if (!delivery.success)
      throw restRefusal(400, "VALIDATION_ERROR", "Invalid request - see details: a field is missing or malformed.");
    const isGenuine = await isSigned(paypal, delivery.data, rawEvent(request.body));
    return jsonResponse(200, { verification_status: isGenuine ? "SUCCESS" : "FAILURE" }, debugId());
  };
}

/** The signature covers the bytes of the event. An event that was serialized again does not pass. */
async function isSigned(paypal: PaypalState, delivery: z.infer<typeof asked>, event: string): Promise<boolean> {
  const { key, right } = await paypal.chains();
  const { transmission_id, transmission_time, transmission_sig, webhook_id, cert_url, auth_algo } = delivery;
  if (webhook_id !== paypal.app.webhookId || cert_url !== right.url || auth_algo !== "SHA256withRSA") return false;
  const message = [transmission_id, transmission_time, webhook_id, crc32(event)].join("|");
  return verify("sha256", Buffer.from(message), createPublicKey(key), Buffer.from(transmission_sig, "base64"));
}

/** Finds the text of `webhook_event` in the body. */
function rawEvent(body: string): string {
  const from = body.indexOf("{", body.indexOf('"webhook_event"'));
  const tokens = /"(?:[^"\\]|\\.)*"|[{}]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let token = tokens.exec(body); token !== null; token = tokens.exec(body)) {
    if (token[0] === "{") depth += 1;
    if (token[0] === "}") depth -= 1;
    if (depth === 0) return body.slice(from, tokens.lastIndex);
  }
  return "";
}
