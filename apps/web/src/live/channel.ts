/** What the tabs of a browser tell each other. */
export type News = "changed" | "signed-out";

/** The name of their channel, and of the lock that the tab with the stream holds. */
export const CHANNEL = "patchbay";

export function readNews(data: unknown): News | undefined {
  return data === "changed" || data === "signed-out" ? data : undefined;
}

/** Tells every tab, this one too, that the session is over. */
export function tellSignedOut(): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, this one
  channel.postMessage("signed-out" satisfies News);
  channel.close();
}
