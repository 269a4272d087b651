import { ConnectError, type FailureCode } from "../errors.ts";
import type { Credentials, Provider } from "../provider.ts";
import { webhookAddress } from "./address.ts";

interface SubscribeDeps {
  /** Gets the opened credential with a valid token. Undefined: it is gone or dead. */
  getUsable: (credentialId: string) => Promise<{ provider: Provider; credentials: Credentials } | undefined>;
  publicUrl: URL;
}

/** Refusals that a second try would get as well. When the account is connected again, the address is registered again. */
const permanentRefusals = new Set<FailureCode>([
  "access_denied",
  "scope_missing",
  "needs_reconnect",
  "grant_rejected",
  "connection_unknown",
]);

/**
 * Registers our address for the events of a credential's account. Throws if another try may succeed; gives the
 * provider's refusal if none can (a plan without webhooks): the connection works without events.
 */
export async function subscribeWebhooks(
  { getUsable, publicUrl }: SubscribeDeps,
  id: string,
): Promise<ConnectError | undefined> {
  try {
    const usable = await getUsable(id);
    const address = usable && webhookAddress(publicUrl, usable.provider, id);
    if (address !== undefined) await usable?.provider.subscribe?.(usable.credentials, address);
    return undefined;
  } catch (failure) {
    if (failure instanceof ConnectError && permanentRefusals.has(failure.code)) return failure;
    throw failure;
  }
}
