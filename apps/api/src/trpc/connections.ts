import { z } from "zod";
import { watchConnections } from "./news.ts";
import { procedure, router } from "./trpc.ts";

export const connections = router({
  list: procedure.query(async ({ ctx: { calls, request } }) => {
    const { connections } = await calls.connections.list(calls.callers.caller(request).session);
    return connections;
  }),
  /** Says that something changed, whenever it does. The page looks for itself. */
  watch: procedure.subscription(({ ctx: { calls, request }, signal }) =>
    watchConnections(calls, calls.callers.caller(request).session, signal),
  ),
  disconnect: procedure
    .input(z.object({ id: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }))
    .mutation(({ ctx: { calls, request }, input }) =>
      calls.disconnect(calls.callers.caller(request), { id: input.id, provider: undefined }),
    ),
});
