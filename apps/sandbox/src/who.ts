import { bearer } from "./client.ts";
import type { Face } from "./face.ts";
import { bodyFields, type Call } from "./wire.ts";

/** For whom a call is made: told by the token or code that it carries, or by the account that it names. */
export function whoCalls({ grants, people }: Face, call: Call): string | undefined {
  const fields = bodyFields(call);
  const carried = [
    fields.get("refresh_token"),
    fields.get("token"),
    bearer(call),
    call.header("x-shopify-access-token"),
  ];
  for (const value of carried) {
    const token = value ? grants.token?.(value) : undefined;
    if (token) return token.grant.person;
  }
  const code = grants.code?.(fields.get("code") ?? "");
  if (code) return code.person;
  const names = [fields.get("stripe_user_id"), call.header("stripe-account"), call.path.split("/").at(-1), call.host];
  return names.map((name) => people.named(name ?? "")?.person).find((person) => person !== undefined);
}
