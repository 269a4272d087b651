import { z } from "zod";
import type { IdentifiedAccount } from "../../account.ts";
import { ConnectError } from "../../errors.ts";
import { parseJsonBody } from "../../http/index.ts";
import type { Access } from "../../oauth/index.ts";
import { optionalText } from "../fields.ts";
import { graphql } from "./admin.ts";

const shopQuery = "{ shop { id name email myshopifyDomain } }";
const shopAnswer = z.object({
  data: z.object({
    shop: z.object({
      id: z.string().min(1),
      name: optionalText,
      email: optionalText,
      myshopifyDomain: z.string(),
    }),
  }),
});

/** Asks the shop who it is: it has to be the one that signed the return. */
export async function identifyShop(access: Access): Promise<IdentifiedAccount> {
  const answer = await graphql(access, { query: shopQuery });
  const { shop } = parseJsonBody(answer, shopAnswer, "Shopify's Admin API").data;
  if (shop.myshopifyDomain !== access.credentials.metadata["shop"]) {
    throw new ConnectError("provider_misbehaved", "Shopify named another shop than the one that signed the return");
  }
  const { id, name: shopName, email, myshopifyDomain: domain } = shop;
  return { id, label: shopName || domain, email, details: { shop: domain, shopName } };
}
