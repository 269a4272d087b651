import { z } from "zod";

/** How many characters a password has. */
export const passwordLength = { min: 8, max: 128 };

// PostgreSQL takes no text with a zero byte.
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/);

/** An address longer than this can receive no mail (RFC 5321, 4.5.3.1). */
const email = line(254).pipe(z.email());
const password = line(passwordLength.max);
const newPassword = password.min(passwordLength.min);

/** The bodies that the paths take. Whatever else comes with them is left where it is. */
export const inputs = {
  "sign-up/email": z.object({ email, password: newPassword, name: line(200) }),
  "sign-in/email": z.object({ email, password }),
  "sign-out": z.object({}),
  "change-password": z.object({ currentPassword: password, newPassword }),
};

/** A path below /api/auth. */
export type SignInPath = keyof typeof inputs;
/** The parsed body of each path. */
export type SignInInputs = { [Path in SignInPath]: z.infer<(typeof inputs)[Path]> };
