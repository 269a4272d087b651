import type { IssuedCredential } from "@patchbay/core/credentials";
import type { Services } from "../services.ts";
import type { ServiceKey } from "./service-keys.ts";

/** Whether a key sees a provider. A credential with an exclusive lease leaves only for a key that names its provider. */
export function maySee({ providers }: ServiceKey, provider: string, exclusiveLease = false): boolean {
  return providers === undefined ? !exclusiveLease : providers.has(provider);
}

/** Issues a credential to the holder of a key, and records that in the audit. */
export async function issueAndAudit(
  { credentials, accessAudit }: Pick<Services, "credentials" | "accessAudit">,
  key: ServiceKey,
  { id, lease }: { id: number; lease: string | undefined },
): Promise<IssuedCredential> {
  const issued = await credentials.issue(id, { isAllowed: (provider, lends) => maySee(key, provider, lends), lease });
  accessAudit.record(`service:${key.name}`, id, issued.provider);
  return issued;
}
