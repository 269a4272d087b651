import type { AuthRefusal } from "../auth.ts";

/** What the user typed into the sign-in form. */
export type SignInValues = { name: string; email: string; password: string };

/** What is wrong with the form. */
export type FormFaults = readonly AuthRefusal[];

/** Finds what is wrong before anything is sent. `isNewAccount`: the user creates an account. */
export function findFormFaults({ name, email, password }: SignInValues, isNewAccount: boolean): FormFaults {
  const faults: AuthRefusal[] = [];
  if (isNewAccount && !name.trim()) faults.push({ field: "name", sentence: "Type your name." });
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email.trim()))
    faults.push({ field: "email", sentence: "Type your whole e-mail address, like ada@example.com." });
  if (!password) faults.push({ field: "password", sentence: "Type your password." });
  else if (isNewAccount && [...password].length < 8)
    faults.push({ field: "password", sentence: "The password needs at least 8 characters." });
  return faults;
}
