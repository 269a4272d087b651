import type { SignInFailureCode } from "@patchbay/api/router";
import { tellTabs } from "./live/channel.ts";
import { duration } from "./sentences.ts";

/** Sign-up, sign-in and sign-out over REST. Passwords go nowhere else and are kept nowhere. */
export type Refusal = {
  sentence: string;
  field?: "email" | "password" | "name";
  /** Somebody has an account with this e-mail: signing in is the way. */
  known?: boolean;
};

export const signIn = (body: { email: string; password: string }): Promise<Refusal | undefined> =>
  post("/api/auth/sign-in/email", body);

export const signUp = (body: { email: string; password: string; name: string }): Promise<Refusal | undefined> =>
  post("/api/auth/sign-up/email", body);

export async function signOut(): Promise<Refusal | undefined> {
  const refusal = await post("/api/auth/sign-out", {});
  if (!refusal) tellTabs("signed-out");
  return refusal;
}

const unclear: Refusal = {
  sentence: "Something went wrong on our side. Try again; if it stays, tell the people who run this site.",
};

/** What each code means here, where the field at fault does not say it better. */
const refusals = {
  password_common: {
    sentence: "Many people use this password, so it is guessed first. Choose another one.",
    field: "password",
  },
  sign_in_refused: { sentence: "E-mail or password is not right.", field: "password" },
  email_taken: {
    sentence: "There is an account with this e-mail already. Sign in with it.",
    field: "email",
    known: true,
  },
  sign_up_closed: { sentence: "No account can be created here now. Ask the people who run this site." },
  password_rejected: { sentence: "That password is not right. Type it again.", field: "password" },
  unauthenticated: { sentence: "You are signed out. Sign in, then try again." },
  origin_refused: { sentence: "This page was not opened at its own address. Open it there, then try again." },
  invalid_request: { sentence: "Something here is missing or not as it should be. Check it, then try again." },
  too_many_requests: { sentence: "Too many attempts. Try again in a minute." },
  database_unavailable: { sentence: "This site cannot reach its database right now. Try again in a moment." },
  internal: unclear,
} as const satisfies Record<SignInFailureCode, Refusal>;

/** What is wrong with a field. */
const faults: Record<string, Refusal> = {
  email: { sentence: "This is not a whole e-mail address. It looks like ada@example.com.", field: "email" },
  password: { sentence: "A password has 8 to 128 characters.", field: "password" },
  name: { sentence: "Give your name, with at most 200 characters.", field: "name" },
};

async function post(path: string, body: Record<string, string>): Promise<Refusal | undefined> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return { sentence: "We cannot be reached. Check your connection to the internet, then try again." };
  }
  return response.ok ? undefined : refusalOf(response);
}

async function refusalOf(response: Response): Promise<Refusal> {
  if (response.status === 429) {
    const seconds = Number(response.headers.get("retry-after") ?? response.headers.get("x-retry-after"));
    return { sentence: `Too many attempts. Try again in ${seconds > 0 ? duration(seconds) : "a minute"}.` };
  }
  const { code, field } = failureIn(await response.json().catch(() => undefined));
  if (code === "invalid_request" && field !== undefined && Object.hasOwn(faults, field))
    return faults[field] ?? unclear;
  return isKnown(code) ? refusals[code] : unclear;
}

function isKnown(code: string | undefined): code is SignInFailureCode {
  return code !== undefined && Object.hasOwn(refusals, code);
}

function failureIn(body: unknown): { code: string | undefined; field: string | undefined } {
  const of = (name: "code" | "field") => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" ? value : undefined;
  };
  return { code: of("code"), field: of("field") };
}
