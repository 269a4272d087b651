import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { appOrigin, bench, type Json } from "../harness.ts";
import { listen } from "../webhooks/listener.ts";
import { fetchAt, pathOf } from "./wire.ts";

const sandbox = bench();
const app = listen();
const secretKey = "sk_test_sandbox_4nVb8RzKx7LpYc2H";
const clientId = "ca_sandboxT3stPatchbay8dKq2LmVx6Wz";
const webhookSecret = "whsec_sandboxT3stKd7Lx2QpVn9RbWy5";

const stripeAs = (key: string): Stripe =>
  new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient(fetchAt(sandbox)),
    maxNetworkRetries: 0,
    telemetry: false,
  });

async function connect(stripe: Stripe) {
  const redirect_uri = `${appOrigin}/api/v1/channels/stripe/callback`;
  const link = stripe.oauth.authorizeUrl({ client_id: clientId, scope: "read_write", state: "st-9", redirect_uri });
  const back = await sandbox.consent(pathOf(new URL(link)), { person: "mei", decision: "allow" });
  expect(back.searchParams.get("state")).toBe("st-9");
  return stripe.oauth.token({ grant_type: "authorization_code", code: back.searchParams.get("code") ?? "" });
}

/** The shapes that Stripe publishes: the compiler holds them against the types of Stripe's own package. */
const tokenShape = z.strictObject({
  access_token: z.string(),
  livemode: z.boolean(),
  refresh_token: z.string(),
  token_type: z.literal("bearer"),
  stripe_publishable_key: z.string(),
  stripe_user_id: z.string(),
  scope: z.string(),
}) satisfies z.ZodType<Stripe.OAuthToken>;

const accountShape = z.looseObject({
  id: z.string(),
  object: z.literal("account"),
  business_type: z.enum(["company", "government_entity", "individual", "non_profit"]),
  charges_enabled: z.boolean(),
  country: z.string(),
  created: z.number(),
  default_currency: z.string(),
  details_submitted: z.boolean(),
  email: z.string().nullable(),
  payouts_enabled: z.boolean(),
  type: z.enum(["custom", "express", "none", "standard"]),
}) satisfies z.ZodType<
  Pick<Stripe.Account, "id" | "object" | "charges_enabled" | "details_submitted" | "email" | "payouts_enabled" | "type">
>;

describe("Stripe's own client", () => {
  it("Stripe's own client connects an account, reads it and refreshes", async () => {
    const stripe = stripeAs(secretKey);
    const { lastResponse: _first, ...set } = (await connect(stripe)) as Stripe.OAuthToken & { lastResponse?: unknown };
    const token = tokenShape.parse(set);
    const account = await stripe.accounts.retrieve(token.stripe_user_id);
    expect(accountShape.parse(account)).toMatchObject({ id: token.stripe_user_id, country: "JP" });
    expect((await stripeAs(token.access_token).accounts.retrieveCurrent()).id).toBe(token.stripe_user_id);
    const next = await stripe.oauth.token({ grant_type: "refresh_token", refresh_token: token.refresh_token });
    expect(next.refresh_token).toBe(token.refresh_token);
  });

  it("Stripe's own client verifies the event of a deauthorization", async () => {
    await sandbox.control("set", { provider: "stripe", webhookUrl: app.url });
    const stripe = stripeAs(secretKey);
    const { stripe_user_id = "" } = await connect(stripe);
    expect(await stripe.oauth.deauthorize({ client_id: clientId, stripe_user_id })).toMatchObject({ stripe_user_id });
    const [heard] = await app.until(1);
    const signature = heard?.headers["stripe-signature"] ?? "";
    const event = await stripe.webhooks.constructEventAsync(heard?.body ?? "", signature, webhookSecret);
    expect(event).toMatchObject({ object: "event", type: "account.application.deauthorized", account: stripe_user_id });
    for (const forge of ["signature", "body", "timestamp"]) {
      const order: Json = { provider: "stripe", event: "account.updated", to: app.url, forge };
      const { requests } = (await sandbox.control("sign", order)) as {
        requests: { body: string; headers: Record<string, string> }[];
      };
      const { body = "", headers = {} } = requests[0] ?? {};
      await expect(
        stripe.webhooks.constructEventAsync(body, headers["stripe-signature"] ?? "", webhookSecret),
      ).rejects.toBeInstanceOf(Stripe.errors.StripeSignatureVerificationError);
    }
  });

  it("Stripe's own client tells errors apart", async () => {
    const stripe = stripeAs(secretKey);
    await expect(stripe.oauth.token({ grant_type: "authorization_code", code: "ac_none" })).rejects.toMatchObject({
      type: "StripeInvalidGrantError",
    });
    await expect(stripe.accounts.retrieve("acct_nobody")).rejects.toBeInstanceOf(Stripe.errors.StripePermissionError);
    await expect(stripeAs("sk_test_wrong").accounts.retrieveCurrent()).rejects.toBeInstanceOf(
      Stripe.errors.StripeAuthenticationError,
    );
  });
});
