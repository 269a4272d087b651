import type { Question, ConnectMethod } from "@patchbay/core/provider";
import type { Registry } from "@patchbay/core/registry";
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

/** Builds the procedures about providers, which everybody may call. */
export const createProvidersRouter = ({ registry }: { registry: Registry }) =>
  router({
    list: procedure.query((): ProviderCard[] =>
      [...registry.values()].map(({ id, name, description, fields, methods, provider }) => ({
        id,
        name,
        description,
        fields,
        methods,
        configured: provider !== undefined,
      })),
    ),
  });
