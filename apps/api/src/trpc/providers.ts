import type { Question, ConnectMethod } from "@patchbay/core/provider";
import { procedure, router } from "./trpc.ts";

/** A provider as the page's card shows it. */
export interface ProviderCard {
  id: string;
  name: string;
  description: string;
  configured: boolean;
  fields: readonly Question[];
  methods: readonly ConnectMethod[];
}

export const providers = router({
  list: procedure.query(({ ctx: { calls } }): ProviderCard[] =>
    [...calls.registry.values()].map(({ id, name, description, fields, methods, provider }) => ({
      id,
      name,
      description,
      fields,
      methods,
      configured: provider !== undefined,
    })),
  ),
});
