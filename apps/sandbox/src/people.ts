import { registry } from "./providers/registry.ts";
import { telegramPeople } from "./telegram/people.ts";

type Registry = typeof registry;

/** The people who live in the sandbox, by provider and id. The first two of each provider can connect at once. */
export const people = { ...pickFromRegistry("people"), telegram: telegramPeople };

/** Where a product gets tokens, identifies an account and ends its access. */
export const endpoints = pickFromRegistry("endpoints");

function pickFromRegistry<Field extends "people" | "endpoints">(field: Field) {
  const entries = Object.entries(registry).map(([id, provider]) => [id, provider[field]]);
  return Object.fromEntries(entries) as { readonly [Id in keyof Registry]: Registry[Id][Field] };
}
