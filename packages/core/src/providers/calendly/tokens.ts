import { z } from "zod";
import { parseJsonAs, assertNotTransient } from "../../http/index.ts";
import { clientRefusal, clientSecretPost, revokeToken, sendForm, type Access } from "../../oauth/index.ts";
import type { Revocation } from "../../provider.ts";

/** Revokes both tokens: either ends the pair; the refresh token is the one that surely lives. */
export async function revokeCalendlyToken(access: Access): Promise<Revocation> {
  const { refreshToken, accessToken = "" } = access.credentials;
  await revokeToken(access, {
    url: "https://auth.calendly.com/oauth/revoke",
    fields: { token: refreshToken ?? accessToken },
    authenticate: clientSecretPost,
    endpoint: "Calendly's revoke",
    // What it says of a token that is ended, and of one that nobody knows.
    isRevoked: (answer) => parseJsonAs(answer, z.strictObject({})) !== undefined,
  });
  return { outcome: "revoked" };
}

/** Asks whether the refresh token still lives (RFC 7662). A refresh token is spent by its first use, so an active one was not. */
export async function introspectCalendlyToken(access: Access): Promise<boolean> {
  const answer = await sendForm(access, {
    url: "https://auth.calendly.com/oauth/introspect",
    fields: { token: access.credentials.refreshToken ?? "" },
    authenticate: clientSecretPost,
  });
  assertNotTransient(answer, "Calendly's introspect");
  const described = answer.status === 200 ? parseJsonAs(answer, z.object({ active: z.boolean() })) : undefined;
  if (described === undefined) throw clientRefusal(answer, "Calendly's introspect");
  return described.active;
}
