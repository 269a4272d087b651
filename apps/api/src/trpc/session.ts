import type { SignIn } from "../sign-in/sign-in.ts";
import { procedure, router } from "./trpc.ts";

/** Builds the procedures about the session. */
export const createSessionRouter = ({ signIn }: { signIn: SignIn }) =>
  router({
    /** Gives the user who is signed in. Renews a session that is due, so the page asks once when it opens. */
    get: procedure.query(async ({ ctx: { sessions, request, response } }) => {
      const { user, cookies } = await (await signIn.open()).user(sessions.signedSession(request));
      for (const cookie of cookies) response.appendHeader("Set-Cookie", cookie);
      return { user, signUp: signIn.signUp };
    }),
  });
