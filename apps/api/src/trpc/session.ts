import { z } from "zod";
import { eraseAccount, type EraseAccountServices } from "../sign-in/erase-account.ts";
import { passwordLength } from "../sign-in/inputs.ts";
import { procedure, router } from "./trpc.ts";

const erasing = z.object({ password: z.string().min(1).max(passwordLength.max) });

/** Builds the procedures about the session. */
export const createSessionRouter = (services: EraseAccountServices) =>
  router({
    /** Gives the user who is signed in. Renews a session that is due, so the page asks once when it opens. */
    get: procedure.query(async ({ ctx: { sessions, request, response } }) => {
      const { signIn } = services;
      const { user, cookies } = await (await signIn.open()).user(sessions.signedSession(request));
      for (const cookie of cookies) response.appendHeader("Set-Cookie", cookie);
      return { user, signUp: signIn.signUp };
    }),
    /** Erases the user with everything about them, after they have typed their password again. Gives the receipts. */
    erase: procedure.input(erasing).mutation(async ({ ctx: { request, response }, input }) => {
      const { receipts, cookies } = await eraseAccount(services, request, input.password);
      for (const cookie of cookies) response.appendHeader("Set-Cookie", cookie);
      return { receipts };
    }),
  });
