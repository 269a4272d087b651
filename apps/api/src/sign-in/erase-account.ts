import type { IncomingMessage } from "node:http";
import type { Receipt } from "@patchbay/core/disconnect";
import { ConnectError } from "@patchbay/core/errors";
import type { GetClientAddress } from "../http/client-address.ts";
import { addressKey } from "../http/limits.ts";
import { isConnectRequest } from "../http/session.ts";
import type { Services } from "../services.ts";
import { tryPassword, userAccount } from "./actions.ts";

/** What the erasure of one's own account needs. */
export type EraseAccountServices = Pick<Services, "eraseUser" | "passwordTries" | "sessions" | "signIn"> & {
  getClientAddress: GetClientAddress;
};

/** What an erasure has done, and the `Set-Cookie` headers that sign the browser out. */
export interface ErasedAccount {
  receipts: Receipt[];
  cookies: string[];
}

/**
 * Erases the signed-in user, who has typed their password again. Only who signed up here has one, and no connect session
 * erases anybody. Throws `unauthenticated`, `password_rejected` and `too_many_requests`.
 */
export async function eraseAccount(
  services: EraseAccountServices,
  request: IncomingMessage,
  password: string,
): Promise<ErasedAccount> {
  const { eraseUser, passwordTries: tries, sessions, signIn, getClientAddress } = services;
  const session = isConnectRequest(request) ? undefined : sessions.signedSession(request);
  const auth = await signIn.open();
  // The same session says whose password it is and who is erased.
  const { user } = await auth.user(session);
  if (user === null) throw new ConnectError("unauthenticated", "nobody is signed in");
  const from = addressKey(getClientAddress(request));
  const verify = () => tryPassword({ tries, from }, userAccount(user.id), () => auth.verifyPassword(password, session));
  await signIn.inQueue(verify);
  const receipts = await eraseUser({ user: user.id, actor: `user:${user.id}` });
  return { receipts, cookies: (await auth.signOut(session)).cookies };
}
