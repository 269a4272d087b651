import type { Question } from "@patchbay/core/provider";
import { procedure, router } from "./trpc.ts";

/** A provider as the page's card shows it. */
export interface ProviderCard {
  id: string;
  name: string;
  gives: string;
  configured: boolean;
  opening: readonly Question[];
}

export const providers = router({
  list: procedure.query(({ ctx: { calls } }): ProviderCard[] =>
    [...calls.registry.values()].map(({ id, name, gives, opening, provider }) => ({
      id,
      name,
      gives,
      opening,
      configured: provider !== undefined,
    })),
  ),
});
