import { json, Router, type RequestHandler, type Response } from "express";
import type { Services } from "../services.ts";
import { maxJsonBytes } from "../http/body.ts";
import type { GetClientAddress } from "../http/client-address.ts";
import { addressKey, limitSignIn } from "../http/limits.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import { signInActions } from "./actions.ts";
import type { SignInPath } from "./inputs.ts";

/** All that there is below /api/auth. Each takes a POST; a password can be guessed at all but the last of them. */
export const signInPaths = Object.keys(signInActions) as SignInPath[];

type SignInServices = Pick<Services, "signIn" | "sessions" | "connections" | "passwordTries">;

/** The paths below /api/auth. */
export function createSignInPaths(
  { signIn, sessions, connections, passwordTries: tries }: SignInServices,
  getClientAddress: GetClientAddress,
): Router {
  const router = Router({ caseSensitive: true });
  const limited = limitSignIn(getClientAddress);
  for (const path of signInPaths) {
    const before: RequestHandler[] = path === "sign-out" ? [] : [limited];
    router
      .route(`/${path}`)
      .post(...before, json({ limit: maxJsonBytes, strict: true }), async (request, response: Response) => {
        const context = {
          auth: await signIn.open(),
          tries,
          from: addressKey(getClientAddress(request)),
          session: sessions.signedSession(request),
          user: () => connections.userOf(sessions.require(request).session),
        };
        const act = () => signInActions[path](context, request.body ?? {});
        const { body, cookies } = await (path === "sign-out" ? act() : signIn.inQueue(act));
        for (const cookie of cookies) response.append("Set-Cookie", cookie);
        response.json(body);
      })
      .all(refuseMethod("POST"));
  }
  return router;
}
