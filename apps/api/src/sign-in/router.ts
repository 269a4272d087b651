import { json, Router, type RequestHandler, type Response } from "express";
import type { Calls } from "../calls.ts";
import { limitSignIn } from "../http/limits.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import { inputs, type SignInPath } from "./inputs.ts";
import type { Answered, Auth } from "./sign-in.ts";

type Act = (auth: Auth, body: unknown, session: string | undefined) => Promise<Answered>;

const acts: Record<SignInPath, Act> = {
  "sign-up/email": (auth, body) => auth.signUp(inputs["sign-up/email"].parse(body)),
  "sign-in/email": (auth, body) => auth.signIn(inputs["sign-in/email"].parse(body)),
  "sign-out": (auth, _body, session) => auth.signOut(session),
  "change-password": (auth, body, session) => auth.changePassword(inputs["change-password"].parse(body), session),
};

/** All that there is below /api/auth. Each takes a POST; a password can be guessed at all but the last of them. */
export const signInPaths = Object.keys(acts) as SignInPath[];

export function createSignInPaths({ signIn, callers }: Pick<Calls, "signIn" | "callers">): Router {
  const router = Router({ caseSensitive: true });
  const limited = limitSignIn();
  for (const path of signInPaths) {
    const before: RequestHandler[] = path === "sign-out" ? [] : [limited];
    router
      .route(`/${path}`)
      .post(...before, json({ limit: "64kb", strict: true }), async (request, response: Response) => {
        const auth = await signIn.open();
        const { body, cookies } = await acts[path](auth, request.body ?? {}, callers.signedSession(request));
        for (const cookie of cookies) response.append("Set-Cookie", cookie);
        response.json(body);
      })
      .all(refuseMethod("POST"));
  }
  return router;
}
