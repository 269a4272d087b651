import { z } from "zod";
import { ConnectError } from "../errors.ts";
import { refuseTransient, tryJson, type Answer } from "../http/index.ts";
import type { Access } from "../oauth/index.ts";
import { optionalText } from "./fields.ts";

const apiVersion = "2026-10";

interface Document {
  query: string;
  variables?: Readonly<Record<string, string>>;
}

/** Asks Shopify's Admin API, once. Throws `provider_unavailable` where the same will pass later. */
export async function graphql({ http, credentials }: Access, document: Document): Promise<Answer> {
  const answer = await http.send(`https://${credentials.place["shop"]}/admin/api/${apiVersion}/graphql.json`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-shopify-access-token": credentials.accessToken ?? "" },
    body: JSON.stringify(document),
  });
  refuseTransient(answer, "Shopify's Admin API");
  if (isThrottled(answer)) throw new ConnectError("provider_unavailable", "Shopify's Admin API is throttled");
  return answer;
}

const failed = z.object({
  errors: z.array(z.object({ extensions: z.object({ code: optionalText }).nullish().catch(undefined) })),
});

/** Said with status 200. */
function isThrottled(answer: Answer): boolean {
  const errors = failed.safeParse(tryJson(answer.text)).data?.errors ?? [];
  return errors.some(({ extensions }) => extensions?.code === "THROTTLED");
}
