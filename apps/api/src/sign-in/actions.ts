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
export const signInActions: Record<SignInPath, (context: SignInContext, body: unknown) => Promise<SignInAnswer>> = {
  async "sign-up/email"({ auth, tries, from }, body) {
    const input = inputs["sign-up/email"].parse(body);
    await refuseCommon(input.password);
    const answer = await auth.signUp(input);
    await tries.succeed({ account: emailAccount(input), from });
    return answer;
  },
  async "sign-in/email"(context, body) {
    const input = inputs["sign-in/email"].parse(body);
    return await tryPassword(context, emailAccount(input), () => context.auth.signIn(input));
  },
  async "sign-out"({ auth, session }) {
    return await auth.signOut(session);
  },
  async "change-password"(context, body) {
    const input = inputs["change-password"].parse(body);
    await refuseCommon(input.newPassword);
    return await tryPassword(context, userAccount(await context.user()), () =>
      context.auth.changePassword(input, context.session),
    );
  },
};

/** An address counts whether or not anybody has it: otherwise the limit would tell. */
function emailAccount({ email }: { email: string }): string {
  return `email ${email.toLowerCase()}`;
}

/** Names a user whose password is asked for again. */
export function userAccount(id: string): string {
  return `user ${id}`;
}

/** Makes a try, where the account has not had too many. */
export async function tryPassword<Answer>(
  { tries, from }: Pick<SignInContext, "tries" | "from">,
  account: string,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  const trying = { account, from };
  const retryAfter = await tries.begin(trying);
  if (retryAfter !== undefined) throw new ConnectError("too_many_requests", "tries of a password", { retryAfter });
  const answer = await attempt();
  await tries.succeed(trying);
  return answer;
}
