import type { Question, Way } from "@patchbay/core/provider";
import { procedure, router } from "./trpc.ts";

/** A provider as the page's card shows it. */
export interface ProviderCard {
  id: string;
  name: string;
  gives: string;
  configured: boolean;
  opening: readonly Question[];
  ways: readonly Way[];
}

export const providers = router({
  list: procedure.query(({ ctx: { calls } }): ProviderCard[] =>
    [...calls.registry.values()].map(({ id, name, gives, opening, ways, provider }) => ({
      id,
      name,
      gives,
      opening,
      ways,
      configured: provider !== undefined,
    })),
  ),
});
