import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { httpBatchLink } from "@trpc/client";
import { createTRPCReact, getQueryKey } from "@trpc/react-query";
import type { AppRouter } from "@patchbay/api/router";
import { failureOf, isSignedOut } from "./failure.ts";

export const trpc = createTRPCReact<AppRouter>();

export const createClient = () => trpc.createClient({ links: [httpBatchLink({ url: "/api/trpc" })] });

export type Client = ReturnType<typeof createClient>;

export const sessionKey = getQueryKey(trpc.session.get);

/** Queries are repeated when nobody answered; what changes something is sent once, and never later than now. */
export function createQueries(): QueryClient {
  const onError = (error: unknown): void => {
    if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: sessionKey });
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { networkMode: "always", retry: mayRepeat, retryDelay: (count) => 400 * 2 ** count, staleTime: 5_000 },
      mutations: { networkMode: "always", retry: false },
    },
  });
  return queries;
}

function mayRepeat(count: number, error: unknown): boolean {
  return count < 2 && failureOf(error).code === null;
}
