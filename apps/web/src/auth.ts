import type { SignInFailureCode } from "@patchbay/api/router";
import { postForm } from "./post-form.ts";
import { describeFailure, type Failure, formatDuration } from "./sentences.ts";

/** Why the API refused a sign-in, or the values for a new account. */
export type AuthRefusal = {
  sentence: string;
  field?: FieldName;
  /** An account with this e-mail exists, so the user can sign in. */
  accountExists?: boolean;
};

type FieldName = "email" | "password" | "name";

/** Signs a user in. Returns why the API refused it. */
export const signInWithPassword = async (values: {
  email: string;
  password: string;
}): Promise<AuthRefusal | undefined> => describeRefusal(await postForm("/api/auth/sign-in/email", values));

/** Creates an account and signs the user in. Returns why the API refused it. */
export const createAccount = async (values: {
  email: string;
  password: string;
  name: string;
}): Promise<AuthRefusal | undefined> => describeRefusal(await postForm("/api/auth/sign-up/email", values));

/** What an invalid value means, by the name of its field. */
const invalidValues: Record<FieldName, string> = {
  email: "This is not a whole e-mail address. It looks like ada@example.com.",
  password: "A password has 8 to 128 characters.",
  name: "Give your name, with at most 200 characters.",
};

/** The fields that some failures are about. */
const fieldsByCode: ReadonlyMap<string | null, FieldName> = new Map<SignInFailureCode, FieldName>([
  ["password_common", "password"],
  ["sign_in_refused", "password"],
  ["password_rejected", "password"],
  ["email_taken", "email"],
]);

function describeRefusal(failure: Failure | undefined): AuthRefusal | undefined {
  if (!failure) return undefined;
  const { code, field, retryAfter } = failure;
  if (code === "too_many_requests") {
    const wait = retryAfter === undefined ? "a minute" : formatDuration(retryAfter);
    return { sentence: `Too many attempts. Try again in ${wait}.` };
  }
  if (code === "invalid_request") {
    if (isFieldName(field)) return { field, sentence: invalidValues[field] };
    return { sentence: "Something here is missing or not as it should be. Check it, then try again." };
  }
  const fault = fieldsByCode.get(code);
  return { sentence: describeFailure(failure), ...(fault && { field: fault }), accountExists: code === "email_taken" };
}

const isFieldName = (name: string | undefined): name is FieldName =>
  name !== undefined && Object.hasOwn(invalidValues, name);
