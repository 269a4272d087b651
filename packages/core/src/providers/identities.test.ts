import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { client, gateOf } from "../../test/webhooks.ts";
import type { Access } from "../oauth/index.ts";
import { normalizeAccount } from "../account.ts";
import type { Account } from "../provider.ts";
import { specs, type ProviderId } from "../../test/specs.ts";
import { graphql } from "./shopify/admin.ts";

const shop = "acme.myshopify.com";
const place = { shop, account: "acct_1" };

const access = (answer: object): Access => ({
  http: gateOf(() => ({ status: 200, text: JSON.stringify(answer) })),
  client: client({ secrets: [] }),
  credentials: { accessToken: "a", metadata: place },
});
const identify = async (id: ProviderId, answer: object): Promise<Account> =>
  normalizeAccount(await specs[id].identify(access(answer)));

type Fields = Readonly<Record<string, unknown>>;

/** An identity at each provider: what it needs, beside fields that tell more. */
const identities: Record<ProviderId, { id: string; of: (fields: Fields) => object; fields: readonly string[] }> = {
  calendly: {
    id: "https://api.calendly.com/users/U1",
    of: (fields) => ({ resource: { ...fields, uri: "https://api.calendly.com/users/U1" } }),
    fields: ["name", "email", "timezone", "scheduling_url", "avatar_url", "current_organization"],
  },
  paypal: {
    id: "P1",
    of: (fields) => ({ ...fields, payer_id: "P1" }),
    fields: ["user_id", "name", "verified_account", "emails", "address"],
  },
  shopify: {
    id: "gid://shopify/Shop/1",
    of: (fields) => ({ data: { shop: { ...fields, id: "gid://shopify/Shop/1", myshopifyDomain: shop } } }),
    fields: ["name", "email"],
  },
  stripe: {
    id: "acct_1",
    of: (fields) => ({ ...fields, id: "acct_1" }),
    fields: ["type", "email", "country", "business_profile", "settings"],
  },
  zoom: {
    id: "U1",
    of: (fields) => ({ ...fields, id: "U1" }),
    fields: ["account_id", "email", "display_name", "first_name", "host_key"],
  },
};

const ids = Object.keys(specs) as ProviderId[];

test.each(ids)(
  "91. an identity of %s's needs its id alone: what else it holds may be null, absent or odd",
  async (id) => {
    const { id: account, of, fields } = identities[id];
    const odd = fc.oneof(fc.constantFrom(null, "", 7, true, [null], [{}], { name: null }), fc.jsonValue());
    const beside = fc.record(Object.fromEntries(fields.map((name) => [name, odd])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(beside, async (told) => {
        const found = await identify(id, of(told));
        expect(found.id).toBe(account);
        expect([found.label, ...Object.values(found.details)]).not.toContain("");
      }),
    );
  },
);

describe("PayPal", () => {
  test.each([{ payer_id: null }, {}, { payer_id: "" }])(
    "91. PayPal that answers %j did not share the account ID",
    async (answer) => {
      await expect(identify("paypal", answer)).rejects.toMatchObject({ code: "scope_missing" });
    },
  );

  test("91. PayPal whose list of addresses has gaps gives the primary one, or the first", async () => {
    const emails = [
      null,
      { value: null, primary: true },
      { value: "b@x.example" },
      { value: "a@x.example", primary: "true" },
    ];
    expect(await identify("paypal", { payer_id: "P1", emails })).toMatchObject({ email: "a@x.example" });
    expect(await identify("paypal", { payer_id: "P1", emails: emails.slice(0, 3) })).toMatchObject({
      email: "b@x.example",
    });
  });
});

test("91. Shopify is throttled also where an error beside that has no extensions", async () => {
  const errors = [{ extensions: null }, { extensions: { code: null } }, { extensions: { code: "THROTTLED" } }];
  await expect(graphql(access({ errors }), { query: "{ shop { id } }" })).rejects.toMatchObject({
    code: "provider_unavailable",
  });
});
