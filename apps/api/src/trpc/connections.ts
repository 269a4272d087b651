import { z } from "zod";
import { connectionId } from "../http/schemas.ts";
import { attempt } from "./watch-steps.ts";
import { watchConnections } from "./watch-connections.ts";
import { procedure, router } from "./trpc.ts";

/** More dialogs than this nobody has open in one tab. */
const maxAttempts = 4;
const watching = z.object({ attempts: z.array(attempt).max(maxAttempts) }).optional();

export const connections = router({
  list: procedure.query(async ({ ctx: { calls, request } }) => {
    const { connections } = await calls.connections.list(calls.sessions.require(request).session);
    return connections;
  }),
  /**
   * Says that something changed, whenever it does. The page looks for itself. `attempts`: those that its dialogs have open,
   * whose steps are told as they come.
   */
  watch: procedure
    .input(watching)
    .subscription(({ ctx: { calls, request }, input, signal }) =>
      watchConnections(calls, { caller: calls.sessions.require(request), attempts: input?.attempts ?? [] }, signal),
    ),
  disconnect: procedure
    .input(z.object({ id: connectionId }))
    .mutation(({ ctx: { calls, request }, input }) =>
      calls.disconnect(calls.sessions.require(request), { id: input.id, provider: undefined }),
    ),
});
