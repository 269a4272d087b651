import { describe, expect, test } from "vitest";
import { type ProviderId, specs } from "../../test/specs.ts";
import {
  describeScopes,
  findMissingScopes,
  listAskedScopes,
  listNeededScopes,
  listRequiredScopes,
  readGranted,
} from "./scopes.ts";

const account = "https://uri.paypal.com/services/paypalattributes";

/** The scopes that an app with these scopes needs, and that a grant lacks. */
function missingOf(id: ProviderId, scopes: readonly string[], granted: string): string[] {
  const { scopes: rules } = specs[id];
  return findMissingScopes(listNeededScopes(rules, listAskedScopes(rules, { scopes })), granted.split(" "));
}

describe("what is asked for", () => {
  test.each<[ProviderId, readonly string[]]>([
    ["calendly", ["users:read"]],
    ["paypal", ["openid", "email", "profile", account]],
    ["shopify", ["read_products"]],
    ["stripe", ["read_write"]],
    ["zoom", ["user:read:user"]],
  ])("%s is asked for what it usually is, if nobody chooses", (id, asked) => {
    expect(listAskedScopes(specs[id].scopes, {})).toEqual(asked);
  });

  test.each<[ProviderId, string, readonly string[]]>([
    ["calendly", "event_types:read", ["users:read", "event_types:read"]],
    ["paypal", "address", ["openid", account, "address"]],
    ["shopify", "read_orders", ["read_orders"]],
    ["zoom", "meeting:read:meeting", ["user:read:user", "meeting:read:meeting"]],
  ])("%s is asked for what identifies the account, although the operator chose %s alone", (id, scope, asked) => {
    expect(listAskedScopes(specs[id].scopes, { scopes: [scope] })).toEqual(asked);
  });

  test("what an attempt chooses takes the place of what the operator chose", () => {
    const { scopes: rules } = specs.shopify;
    expect(listAskedScopes(rules, { scopes: ["read_products"] }, ["read_orders"])).toEqual(["read_orders"]);
    expect(listAskedScopes(rules, { scopes: ["read_products"] }, [])).toEqual([]);
  });

  test("an app with webhooks asks for what registers them, whatever an attempt chooses", () => {
    const asked = listAskedScopes(specs.calendly.scopes, { webhook: { secrets: [] } }, ["availability:read"]);
    expect(asked).toEqual(["users:read", "availability:read", "webhooks:write", "scheduled_events:read"]);
  });

  test("an account is connected without the scopes of webhooks, and the list shows that it lacks them", () => {
    const { scopes: rules } = specs.calendly;
    const asked = listAskedScopes(rules, { webhook: { secrets: [] } }, ["availability:read"]);
    expect(findMissingScopes(listRequiredScopes(rules, asked), ["users:read", "availability:read"])).toEqual([]);
    expect(findMissingScopes(listRequiredScopes(rules, asked), ["users:read"])).toEqual(["availability:read"]);
    const lacking = findMissingScopes(listNeededScopes(rules, asked), ["users:read", "availability:read"]);
    expect(lacking).toEqual(["webhooks:write", "scheduled_events:read"]);
  });

  test.each<[ProviderId, string]>([
    ["calendly", "users:read admin"],
    ["calendly", "read_products"],
    ["paypal", "https://uri.paypal.com.evil.example/services"],
    ["shopify", "products"],
    ["zoom", "user:read:user&redirect_uri=x"],
    ["zoom", ""],
  ])("an attempt at %s cannot choose %j, which is no scope there", (id, scope) => {
    expect(() => listAskedScopes(specs[id].scopes, {}, [scope])).toThrow(
      expect.objectContaining({ code: "invalid_request", field: "scopes" }),
    );
  });

  test.each([[[]], [["read_only"]], [["read_write"]]])("an attempt at Stripe cannot choose, not even %j", (chosen) => {
    expect(() => listAskedScopes(specs.stripe.scopes, {}, chosen)).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
  });
});

describe("42. a grant", () => {
  test.each<[ProviderId, string, string, readonly string[]]>([
    ["calendly", "event_types:read", "users:read", ["event_types:read"]],
    ["calendly", "event_types:read", "users:read event_types:write", []],
    ["calendly", "event_types:write", "users:read event_types:read", ["event_types:write"]],
    ["calendly", "event_types:write", "default", []],
    ["zoom", "user:read:user", "user_profile", []],
    ["zoom", "meeting:read:meeting", "user:read:user", ["meeting:read:meeting"]],
    ["zoom", "meeting:read:meeting", "meeting:read:meeting:admin", []],
    ["shopify", "read_products", "write_products", []],
    ["shopify", "read_products", "read_orders", ["read_products"]],
    ["shopify", "read_products", "unauthenticated_read_products", ["read_products"]],
    ["shopify", "unauthenticated_read_products", "unauthenticated_write_products", []],
    ["shopify", "write_products", "read_products", ["write_products"]],
    ["paypal", "address", "openid", ["address"]],
  ])("of %s that needs %s and got %j lacks %j", (...[id, needed, granted, missing]) => {
    expect(missingOf(id, [needed], granted)).toEqual(missing);
  });

  test("of Stripe lacks full access if it is read_only", () => {
    const needed = listNeededScopes(specs.stripe.scopes, listAskedScopes(specs.stripe.scopes, {}));
    expect(findMissingScopes(needed, ["read_only"])).toEqual(["read_write"]);
  });

  test("that does not say what it grants is what was asked for, and one of PayPal's may leave names out", () => {
    expect(readGranted(specs.zoom.scopes, ["a"], undefined)).toEqual(["a"]);
    expect(readGranted(specs.zoom.scopes, ["a"], [])).toEqual([]);
    expect(readGranted(specs.paypal.scopes, ["email"], ["openid", "email"])).toEqual(["openid", "email"]);
    expect(readGranted(specs.paypal.scopes, ["email"], ["openid"])).toEqual(["openid", "email"]);
  });
});

describe.each(Object.entries(specs))("the words of %s", (_id, { scopes: rules }) => {
  test("say what is usually asked for, and what webhooks need", () => {
    for (const scope of [...rules.usual, ...rules.identity, ...(rules.webhooks ?? [])])
      expect(describeScopes(rules, [scope])).toEqual([{ scope, words: expect.stringMatching(/^[A-Z].*[^.]$/) }]);
  });

  test("are of scopes that the provider has", () => {
    const { form = /./ } = rules;
    expect(Object.keys(rules.words).filter((scope) => !form.test(scope))).toEqual([]);
  });

  test("say nothing of a scope that is not in the table", () => {
    for (const scope of ["unknown", "toString"]) expect(describeScopes(rules, [scope])).toEqual([{ scope }]);
  });
});
