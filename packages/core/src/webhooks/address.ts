import type { Provider } from "../provider.ts";

/**
 * Where a provider sends the events of a credential's account. Where grants live side by side each has an address of its
 * own: a provider takes the same one only once, and removing it for one would silence the others.
 */
export function webhookAddress(publicUrl: URL, { id, grants }: Pick<Provider, "id" | "grants">, credentialId: string) {
  const address = `${publicUrl.origin}/api/v1/webhooks/${id}`;
  return grants === "many" ? `${address}/${credentialId}` : address;
}
