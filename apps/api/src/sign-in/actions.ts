import type { PasswordTries } from "@patchbay/core/db";
import { ConnectError } from "@patchbay/core/errors";
import { refuseCommon } from "./common-passwords.ts";
import { inputs, type SignInPath } from "./inputs.ts";
import type { Auth, SignInAnswer } from "./authentication.ts";

/** What an action of the sign-in paths knows of its request. */
export interface SignInContext {
  auth: Auth;
  tries: PasswordTries;
  /** The network that the request came from. */
  from: string;
  /** A signed session, as its cookie holds it. */
  session: string | undefined;
  /** The id of its user. Throws `unauthenticated`. */
  user(): Promise<string>;
}

/** What each path does with the body that it was sent. */
export const signInActions: Record<SignInPath, (acting: SignInContext, body: unknown) => Promise<SignInAnswer>> = {
  async "sign-up/email"({ auth, tries, from }, body) {
    const input = inputs["sign-up/email"].parse(body);
    await refuseCommon(input.password);
    const answered = await auth.signUp(input);
    await tries.succeed({ account: accountOf(input), from });
    return answered;
  },
  async "sign-in/email"(acting, body) {
    const input = inputs["sign-in/email"].parse(body);
    return await tryPassword(acting, accountOf(input), () => acting.auth.signIn(input));
  },
  async "sign-out"({ auth, session }) {
    return await auth.signOut(session);
  },
  async "change-password"(acting, body) {
    const input = inputs["change-password"].parse(body);
    await refuseCommon(input.newPassword);
    const account = `user ${await acting.user()}`;
    return await tryPassword(acting, account, () => acting.auth.changePassword(input, acting.session));
  },
};

/** An address counts whether or not anybody has it: otherwise the limit would tell. */
function accountOf({ email }: { email: string }): string {
  return `email ${email.toLowerCase()}`;
}

/** Makes a try, where the account has not had too many. */
async function tryPassword(
  { tries, from }: SignInContext,
  account: string,
  attempt: () => Promise<SignInAnswer>,
): Promise<SignInAnswer> {
  const trying = { account, from };
  const retryAfter = await tries.begin(trying);
  if (retryAfter !== undefined) throw new ConnectError("too_many_requests", "tries of a password", { retryAfter });
  const answered = await attempt();
  await tries.succeed(trying);
  return answered;
}
