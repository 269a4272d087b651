import { ConnectError } from "@patchbay/core/errors";

let known: Promise<ReadonlySet<string>> | undefined;

/** Throws where a password is one of those that guessing begins with (OWASP ASVS 6.2.4). The list is loaded when it is needed. */
export async function refuseCommon(password: string): Promise<void> {
  known ??= import("@zxcvbn-ts/language-common").then(({ dictionary }) => new Set(dictionary["passwords-common"]));
  if ((await known).has(password.toLowerCase())) {
    throw new ConnectError("password_common", "on the list of common passwords", { field: "password" });
  }
}
