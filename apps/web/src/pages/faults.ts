import type { Refusal } from "../auth.ts";

export type Typed = { name: string; email: string; password: string };

export type Faults = readonly Refusal[];

/** What is wrong before anything is sent. */
export function faultsOf({ name, email, password }: Typed, joining: boolean): Faults {
  const faults: Refusal[] = [];
  if (joining && !name.trim()) faults.push({ field: "name", sentence: "Type your name." });
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email.trim()))
    faults.push({ field: "email", sentence: "Type your whole e-mail address, like ada@example.com." });
  if (!password) faults.push({ field: "password", sentence: "Type your password." });
  else if (joining && [...password].length < 8)
    faults.push({ field: "password", sentence: "The password needs at least 8 characters." });
  return faults;
}
