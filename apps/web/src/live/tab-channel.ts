import { isConnectPage } from "../page-session.ts";

/** What the tabs of a browser tell each other. `ended`: the session is over, and the user did not sign out. */
export type TabMessage = "changed" | "signed-in" | "signed-out" | "ended";

/** Gets the name of the tabs' channel, and of the lock that the tab with the stream holds. */
export const getTabChannelName = (): string => (isConnectPage() ? "patchbay-connect" : "patchbay");

const tabMessages: readonly TabMessage[] = ["changed", "signed-in", "signed-out", "ended"];

/** Parses what came over the channel. */
export function parseTabMessage(data: unknown): TabMessage | undefined {
  return tabMessages.find((message) => message === data);
}

/** Tells all tabs, and this one too. */
export function notifyTabs(message: TabMessage): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel(getTabChannelName());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, this one
  channel.postMessage(message);
  channel.close();
}

/** Listens to the other tabs, until the returned function is called. */
export function listenToTabs(onMessage: (message: TabMessage) => void): () => void {
  if (!("BroadcastChannel" in globalThis)) return () => undefined;
  const channel = new BroadcastChannel(getTabChannelName());
  channel.addEventListener("message", ({ data }) => {
    const message = parseTabMessage(data);
    if (message) onMessage(message);
  });
  return () => channel.close();
}
