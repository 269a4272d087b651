import { createHmac } from "node:crypto";
import { ConnectError } from "../../errors.ts";
import type { FormValues, ProviderState, AuthorizationResponse } from "../../provider.ts";
import { isShopifyShop } from "./shop.ts";
import { sameText } from "../signature.ts";

const toleranceSeconds = 90;

/**
 * Checks the signature over a return's whole query and its age, and gives the shop that the signature names.
 * Throws `invalid_hmac` for every cause alike but one: `clock_differs` where the signature is right and its time is not.
 * https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 */
export function verifyShopifyReturn(
  { parameters, repeated }: AuthorizationResponse,
  secret: string,
  now: Date,
): ProviderState {
  const { hmac = "", shop = "", timestamp = "" } = parameters;
  const arrays = Object.keys(parameters).some((name) => name.endsWith("[]"));
  if (repeated.length > 0 || arrays) throw invalid("a repeated parameter");
  if (!sameText(shopifyHmac(parameters, secret), hmac)) throw invalid("the signature does not fit");
  if (!/^\d{1,12}$/.test(timestamp)) throw invalid("no timestamp");
  if (!isShopifyShop(shop)) throw invalid("a signed shop of another shape");
  const clockDifference = Math.round(now.getTime() / 1000 - Number(timestamp));
  if (Math.abs(clockDifference) > toleranceSeconds) {
    const said = `Shopify's return is signed rightly, and its time is ${clockDifference} s before our clock's`;
    throw new ConnectError("clock_differs", said, { clockDifference });
  }
  return { shop };
}

/** Lower-case hex HMAC-SHA256 over the sorted parameters without `hmac`, escaped as Shopify's own library does. */
export function shopifyHmac(answers: FormValues, secret: string): string {
  const pairs = Object.entries(answers)
    .filter(([name]) => name !== "hmac")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const message = new URLSearchParams(pairs).toString().replaceAll("+", "%20");
  return createHmac("sha256", secret).update(message, "utf8").digest("hex");
}

/**
 * The same for an install link, which a browser may open again at any time: `link_expired` where it is old. Only a time
 * ahead of ours tells of a clock.
 */
export function verifyShopifyInstall(request: AuthorizationResponse, secret: string, now: Date): ProviderState {
  try {
    return verifyShopifyReturn(request, secret, now);
  } catch (failure) {
    if (!(failure instanceof ConnectError) || (failure.clockDifference ?? 0) <= 0) throw failure;
    throw new ConnectError("link_expired", `Shopify's install link is ${failure.clockDifference} s old`);
  }
}

function invalid(why: string): ConnectError {
  return new ConnectError("invalid_hmac", `Shopify's return: ${why}`);
}
