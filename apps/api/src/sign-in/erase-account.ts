import type { IncomingMessage } from "node:http";
import type { Receipt } from "@patchbay/core/disconnect";
import type { GetClientAddress } from "../http/client-address.ts";
import { addressKey } from "../http/limits.ts";
import type { Services } from "../services.ts";
import { tryPassword, userAccount } from "./actions.ts";

/** What the erasure of one's own account needs. */
export type EraseAccountServices = Pick<
  Services,
  "connections" | "eraseUser" | "passwordTries" | "sessions" | "signIn"
> & { getClientAddress: GetClientAddress };

/** What an erasure has done, and the `Set-Cookie` headers that sign the browser out. */
export interface ErasedAccount {
  receipts: Receipt[];
  cookies: string[];
}

/**
 * Erases the signed-in user, who has typed their password again. Only who signed up here has one. Throws `unauthenticated`,
 * `password_rejected` and `too_many_requests`.
 */
export async function eraseAccount(
  services: EraseAccountServices,
  request: IncomingMessage,
  password: string,
): Promise<ErasedAccount> {
  const { connections, eraseUser, passwordTries: tries, sessions, signIn, getClientAddress } = services;
  const user = await connections.userOf(sessions.require(request).session);
  const session = sessions.signedSession(request);
  const auth = await signIn.open();
  const from = addressKey(getClientAddress(request));
  const verify = () => tryPassword({ tries, from }, userAccount(user), () => auth.verifyPassword(password, session));
  await signIn.inQueue(verify);
  const receipts = await eraseUser({ user, actor: `user:${user}` });
  return { receipts, cookies: (await auth.signOut(session)).cookies };
}
