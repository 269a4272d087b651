import type { Question, ConnectMethod, Permission } from "@patchbay/core/provider";
import type { Registry } from "@patchbay/core/registry";
import { procedure, router } from "./trpc.ts";

/** A provider as the page's card shows it. */
export interface ProviderCard {
  id: string;
  name: string;
  /** What a user allows when they connect an account. */
  permissions: readonly Permission[];
  configured: boolean;
  fields: readonly Question[];
  methods: readonly ConnectMethod[];
}

/** Builds the procedures about providers, which everybody may call. */
export const createProvidersRouter = ({ registry }: { registry: Registry }) =>
  router({
    list: procedure.query((): ProviderCard[] =>
      [...registry.values()].map(({ id, name, listPermissions, fields, methods, provider }) => ({
        id,
        name,
        permissions: listPermissions(),
        fields,
        methods,
        configured: provider !== undefined,
      })),
    ),
  });
