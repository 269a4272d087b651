import type { AppRouter } from "@patchbay/api/router";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { httpBatchLink } from "@trpc/client";
import { createTRPCReact, getQueryKey } from "@trpc/react-query";
import { isSignedOut, parseFailure } from "./failure.ts";

/** The API's procedures as hooks. */
export const trpc = createTRPCReact<AppRouter>();

/** Creates the client that sends calls to the API. */
export const createApiClient = () => trpc.createClient({ links: [httpBatchLink({ url: "/api/trpc" })] });

/** The client that sends calls to the API. */
export type ApiClient = ReturnType<typeof createApiClient>;

/** The key of the query that tells who is signed in. */
export const sessionQueryKey = getQueryKey(trpc.session.get);

/** Creates the cache of the API's answers. Queries without an answer are sent again; mutations are sent once, and at once. */
export function createQueryClient(): QueryClient {
  const handleCallError = (error: unknown): void => {
    if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: sessionQueryKey });
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: handleCallError }),
    mutationCache: new MutationCache({ onError: handleCallError }),
    defaultOptions: {
      queries: { networkMode: "always", retry: shouldRetry, retryDelay: (count) => 400 * 2 ** count, staleTime: 5_000 },
      // A finished mutation is forgotten soon, because its variables may hold a password.
      mutations: { networkMode: "always", retry: false, gcTime: 500 },
    },
  });
  return queries;
}

function shouldRetry(count: number, error: unknown): boolean {
  return count < 2 && parseFailure(error).code === null;
}
