import { trpc } from "../trpc.ts";

/**
 * Brings the list up to date where an account is said to be gone: what has become of it, the list knows best. Where that
 * cannot be read, the account is simply left out.
 */
export function useGone(): (id: number) => Promise<void> {
  const { list } = trpc.useUtils().connections;
  return async (id) => {
    try {
      await list.refetch(undefined, {}, { throwOnError: true });
    } catch {
      list.setData(undefined, (now) => now?.filter((connection) => connection.id !== id));
    }
  };
}
