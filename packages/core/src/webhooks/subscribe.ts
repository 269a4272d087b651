import { ConnectError, type FailureCode } from "../errors.ts";
import type { Credentials, Provider } from "../provider.ts";
import { webhookAddress } from "./address.ts";

interface SubscribeDeps {
  /** A credential that can be used now. Undefined: it is gone or dead. */
  fresh: (credentialId: string) => Promise<{ provider: Provider; credentials: Credentials } | undefined>;
  publicUrl: URL;
}

/** What the same try would meet again, until the account is connected anew: and that registers too. */
const forGood = new Set<FailureCode>([
  "access_denied",
  "scope_missing",
  "needs_reconnect",
  "grant_rejected",
  "connection_unknown",
]);

/**
 * Registers our address for the events of a credential's account. Throws where it is worth another try; gives the
 * provider's refusal where it is not (a plan without webhooks): the connection works without events.
 */
export async function subscribeWebhooks(
  { fresh, publicUrl }: SubscribeDeps,
  id: string,
): Promise<ConnectError | undefined> {
  try {
    const found = await fresh(id);
    const address = found && webhookAddress(publicUrl, found.provider, id);
    if (address !== undefined) await found?.provider.subscribe?.(found.credentials, address);
    return undefined;
  } catch (failure) {
    if (failure instanceof ConnectError && forGood.has(failure.code)) return failure;
    throw failure;
  }
}
