import { registry } from "./providers/registry.ts";
import { telegramPeople } from "./telegram/people.ts";

type ProviderPeople = { readonly [Id in keyof typeof registry]: (typeof registry)[Id]["people"] };
type ProviderEndpoints = { readonly [Id in keyof typeof registry]: (typeof registry)[Id]["endpoints"] };

const collect = (field: "people" | "endpoints"): object =>
  Object.fromEntries(Object.entries(registry).map(([id, entry]) => [id, entry[field]]));

/** Who lives in the sandbox, by provider and id. The first two of each provider can connect without further ado. */
export const people = { ...(collect("people") as ProviderPeople), telegram: telegramPeople };

/** Where a product calls each provider. At Shopify the host is the first person's shop. */
export const endpoints = collect("endpoints") as ProviderEndpoints;
