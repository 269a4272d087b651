import { tellSignedOut } from "./live/channel.ts";
import { duration } from "./sentences.ts";

/** Sign-up, sign-in and sign-out over REST. Passwords go nowhere else and are kept nowhere. */
export type Refusal = { sentence: string; field?: "email" | "password" | "name" };

export const signIn = (body: { email: string; password: string }): Promise<Refusal | undefined> =>
  post("/api/auth/sign-in/email", body);

export const signUp = (body: { email: string; password: string; name: string }): Promise<Refusal | undefined> =>
  post("/api/auth/sign-up/email", body);

export async function signOut(): Promise<Refusal | undefined> {
  const refusal = await post("/api/auth/sign-out", {});
  if (!refusal) tellSignedOut();
  return refusal;
}

/** What better-auth's codes mean, by how they begin: some come in several spellings. */
const refusals: [code: string, refusal: Refusal][] = [
  ["INVALID_EMAIL_OR_PASSWORD", { sentence: "E-mail or password is not right.", field: "password" }],
  [
    "USER_ALREADY_EXISTS",
    { sentence: "There is an account with this e-mail already. Sign in with it.", field: "email" },
  ],
  ["PASSWORD_TOO_SHORT", { sentence: "The password needs at least 8 characters.", field: "password" }],
  ["PASSWORD_TOO_LONG", { sentence: "The password is too long. Use at most 128 characters.", field: "password" }],
  ["INVALID_EMAIL", { sentence: "This is not an e-mail address.", field: "email" }],
  [
    "EMAIL_PASSWORD_SIGN_UP_DISABLED",
    { sentence: "No account can be created here now. Ask the people who run this site." },
  ],
];

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
  const code = codeOf(await response.json().catch(() => undefined));
  const known = refusals.find(([start]) => code?.startsWith(start));
  return known?.[1] ?? { sentence: "Something went wrong on our side. Try again; if it stays, tell us." };
}

function codeOf(body: unknown): string | undefined {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string"
    ? body.code
    : undefined;
}
