import { procedure, router } from "./trpc.ts";

export const session = router({
  /** Who is signed in. Renews the session where that is due, so the page asks once when it opens. */
  get: procedure.query(async ({ ctx: { calls, request, response } }) => {
    const { user, cookies } = await (await calls.signIn.open()).user(calls.sessions.signedSession(request));
    for (const cookie of cookies) response.appendHeader("Set-Cookie", cookie);
    return { user, signUp: calls.signIn.signUp };
  }),
});
