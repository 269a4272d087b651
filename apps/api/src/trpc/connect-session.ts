import type { Services } from "../services.ts";
import { router, sessionProcedure } from "./trpc.ts";

/** Builds the procedures about the connect session of a product's user. */
export const createConnectSessionRouter = ({ connectSessions }: Pick<Services, "connectSessions">) =>
  router({
    /** Gets the visit: whose product it is, for whom, and which providers. Throws `unauthenticated` without an opened link. */
    get: sessionProcedure.query(({ ctx: { caller } }) => connectSessions.getVisit(caller.session)),
  });
