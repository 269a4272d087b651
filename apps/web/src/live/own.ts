import type { Change } from "./changes.ts";

/** What this tab itself is about to change, and tells by itself: accounts by their id, all of a provider by its name. */
const own = new Set<string | number>();

export function claim(what: string | number): () => void {
  own.add(what);
  return () => void own.delete(what);
}

/** A walk with a provider makes accounts appear and work. That another of its accounts ends is news all the same. */
export function isOwn({ type, connection: { id, provider } }: Change): boolean {
  return own.has(id) || (own.has(provider) && (type === "added" || type === "well"));
}
