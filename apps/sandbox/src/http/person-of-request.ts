import { parseBearerToken } from "../oauth/client-credentials.ts";
import type { SimulatedProvider } from "../provider.ts";
import { parseBodyFields, type ProviderRequest } from "./messages.ts";

/** Finds the person that a request is made for, by the token or code that it carries or by the account that it names. */
export function findPersonOfRequest(
  { grants, people }: SimulatedProvider,
  request: ProviderRequest,
): string | undefined {
  const fields = parseBodyFields(request);
  const carried = [
    fields.get("refresh_token"),
    fields.get("token"),
    parseBearerToken(request),
    request.header("x-shopify-access-token"),
  ];
  for (const value of carried) {
    const token = value ? grants.findToken?.(value) : undefined;
    if (token) return token.grant.person;
  }
  const code = grants.findCode?.(fields.get("code") ?? "");
  if (code) return code.person;
  const names = [
    fields.get("stripe_user_id"),
    request.header("stripe-account"),
    request.path.split("/").at(-1),
    request.host,
  ];
  return names.map((name) => people.findByAccount(name ?? "")?.person).find((person) => person !== undefined);
}
