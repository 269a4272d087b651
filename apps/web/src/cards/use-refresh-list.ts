import { trpc } from "../trpc.ts";

/**
 * Gives a function that reloads the list after the API said that a connection does not exist. If the list cannot be loaded,
 * the function removes the connection from it.
 */
export function useRefreshList(): (missing: number) => Promise<void> {
  const { list } = trpc.useUtils().connections;
  return async (missing) => {
    try {
      await list.refetch(undefined, {}, { throwOnError: true });
    } catch {
      list.setData(undefined, (now) => now?.filter(({ id }) => id !== missing));
    }
  };
}
