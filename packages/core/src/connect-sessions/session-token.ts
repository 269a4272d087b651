import { fingerprint } from "../vault/index.ts";

const prefix = "connect:";

/** The token of a connect session's row in the table of sessions, from the secret in the browser's cookie: the row alone opens nothing. */
export function connectSessionToken(secret: string): string {
  return prefix + fingerprint(secret).toString("hex");
}

/** Whether a caller came with a connect session. A sign-in's token has no colon in it. */
export function isConnectSession({ session }: { session: string }): boolean {
  return session.startsWith(prefix);
}
