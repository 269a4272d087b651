import { createHash } from "node:crypto";

export interface Challenge {
  readonly value: string;
  readonly method: "S256" | "plain";
}

/** RFC 7636 §4.6: does the verifier answer the challenge? */
export function answers(challenge: Challenge, verifier: string): boolean {
  if (challenge.method === "plain") return verifier === challenge.value;
  return createHash("sha256").update(verifier).digest("base64url") === challenge.value;
}
