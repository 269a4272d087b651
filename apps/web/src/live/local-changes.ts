import type { ListChange } from "./changes.ts";

/** What this page itself is about to change: accounts by their id, and all accounts of a provider by its name. */
const claims = new Set<string | number>();

/** Claims a change that this page makes and announces itself, until the returned function is called. */
export function claimChanges(what: string | number): () => void {
  claims.add(what);
  return () => void claims.delete(what);
}

/**
 * Whether this page made a change itself. While an account of a provider is being connected, accounts of that provider
 * appear and work again. One that stops working meanwhile is announced all the same.
 */
export function isLocalChange({ type, connection: { id, provider } }: ListChange): boolean {
  return claims.has(id) || (claims.has(provider) && (type === "added" || type === "recovered"));
}
