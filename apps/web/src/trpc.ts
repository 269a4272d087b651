import type { AppRouter } from "@patchbay/api/router";
import { hashKey, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { httpBatchLink } from "@trpc/client";
import { createTRPCReact, getQueryKey } from "@trpc/react-query";
import { isSignedOut, parseFailure } from "./failure.ts";
import { isConnectPage } from "./page-session.ts";

/** The API's procedures as hooks. */
export const trpc = createTRPCReact<AppRouter>();

/** Creates the client that sends calls to the API, for the session that this page serves. */
export const createApiClient = () =>
  trpc.createClient({ links: [httpBatchLink({ url: isConnectPage() ? "/api/trpc?session=connect" : "/api/trpc" })] });

/** The client that sends calls to the API. */
export type ApiClient = ReturnType<typeof createApiClient>;

/** Gets the key of the query that tells whose page this is. */
export const getSessionQueryKey = () =>
  getQueryKey((isConnectPage() ? trpc.connectSession : trpc.session).get, undefined, "query");

/** Creates the cache of the API's answers. Queries without an answer are sent again; mutations are sent once, and at once. */
export function createQueryClient(): QueryClient {
  const handleCallError = (error: unknown): void => {
    if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: getSessionQueryKey() });
  };
  const handleQueryError = (error: unknown, { queryHash }: { queryHash: string }): void => {
    // The query that tells whose page this is knows already.
    if (queryHash !== hashKey(getSessionQueryKey())) handleCallError(error);
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: handleQueryError }),
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
