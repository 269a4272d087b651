import { createHash } from "node:crypto";

/** A code challenge (RFC 7636). */
export interface CodeChallenge {
  readonly value: string;
  readonly method: "S256" | "plain";
}

/** Whether the verifier matches the challenge (RFC 7636 §4.6). */
export function isVerifierRight(challenge: CodeChallenge, verifier: string): boolean {
  if (challenge.method === "plain") return verifier === challenge.value;
  return createHash("sha256").update(verifier).digest("base64url") === challenge.value;
}
