import { z } from "zod";

// Each field alone: tokens come only once, and an odd value beside them must not lose them.
const token = z.string().min(1).nullish().catch(undefined);
/** The schema of a `TokenResponse`. */
export const tokenResponse = z.looseObject({
  access_token: token,
  refresh_token: token,
  token_type: z.unknown().optional(),
  expires_in: z.unknown().optional(),
  refresh_token_expires_in: z.unknown().optional(),
  scope: z.unknown().optional(),
});

/** A successful response of a token endpoint (RFC 6749 5.1). Unknown fields are kept. */
export type TokenResponse = z.infer<typeof tokenResponse>;

/** An unsuccessful response (RFC 6749 5.2). `description` must not be shown: some providers quote the code in it. */
export interface TokenError {
  status: number;
  error: string;
  description: string;
}

const tokenError = z.looseObject({
  error: z.string().min(1),
  error_description: z.string().nullish().catch(undefined),
  reason: z.string().nullish().catch(undefined),
});

/** Parses the body of an unsuccessful response; undefined if it is anything else. */
export function parseTokenError(status: number, body: unknown): TokenError | undefined {
  const { success, data } = tokenError.safeParse(body);
  return success ? { status, error: data.error, description: data.error_description || data.reason || "" } : undefined;
}
