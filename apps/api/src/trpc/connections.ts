import { z } from "zod";
import type { Services } from "../services.ts";
import { attemptId, connectionId } from "../http/schemas.ts";
import { watchConnections, type WatchServices } from "./watch-connections.ts";
import { router, sessionProcedure } from "./trpc.ts";

/** How many attempts a stream can watch. A tab has fewer dialogs open. */
const maxAttempts = 4;
const watching = z.object({ attempts: z.array(attemptId).max(maxAttempts) }).optional();

/** Builds the procedures about the user's connections. */
export const createConnectionsRouter = (services: WatchServices & Pick<Services, "disconnect">) =>
  router({
    list: sessionProcedure.query(async ({ ctx: { caller } }) => {
      const { connections } = await services.connections.list(caller.session);
      return connections;
    }),
    /**
     * Sends an event whenever the list changes; the page then reads it again. `attempts`: the attempts that its dialogs have
     * open, whose steps are sent as they come.
     */
    watch: sessionProcedure
      .input(watching)
      .subscription(({ ctx: { caller }, input, signal }) =>
        watchConnections(services, { caller, attempts: input?.attempts ?? [] }, signal),
      ),
    disconnect: sessionProcedure
      .input(z.object({ id: connectionId }))
      .mutation(({ ctx: { caller }, input }) => services.disconnect(caller, { id: input.id, provider: undefined })),
  });
