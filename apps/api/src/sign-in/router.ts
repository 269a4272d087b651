import { json, Router, type RequestHandler, type Response } from "express";
import type { Calls } from "../calls.ts";
import { clientAddress } from "../http/client-address.ts";
import { addressKey, limitSignIn } from "../http/limits.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import { acts } from "./acts.ts";
import type { SignInPath } from "./inputs.ts";

/** All that there is below /api/auth. Each takes a POST; a password can be guessed at all but the last of them. */
export const signInPaths = Object.keys(acts) as SignInPath[];

type Parts = Pick<Calls, "signIn" | "callers" | "connections" | "passwordTries">;

export function createSignInPaths({ signIn, callers, connections, passwordTries: tries }: Parts): Router {
  const router = Router({ caseSensitive: true });
  const limited = limitSignIn();
  for (const path of signInPaths) {
    const before: RequestHandler[] = path === "sign-out" ? [] : [limited];
    router
      .route(`/${path}`)
      .post(...before, json({ limit: "64kb", strict: true }), async (request, response: Response) => {
        const acting = {
          auth: await signIn.open(),
          tries,
          from: addressKey(clientAddress(request)),
          session: callers.signedSession(request),
          user: () => connections.userOf(callers.caller(request).session),
        };
        const { body, cookies } = await acts[path](acting, request.body ?? {});
        for (const cookie of cookies) response.append("Set-Cookie", cookie);
        response.json(body);
      })
      .all(refuseMethod("POST"));
  }
  return router;
}
