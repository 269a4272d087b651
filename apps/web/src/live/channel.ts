/** What the tabs of a browser tell each other. `ended`: the session is over, and nobody here has ended it. */
export type News = "changed" | "signed-in" | "signed-out" | "ended";

/** The name of their channel, and of the lock that the tab with the stream holds. */
export const CHANNEL = "patchbay";

const known = new Set<unknown>(["changed", "signed-in", "signed-out", "ended"] satisfies News[]);

export function readNews(data: unknown): News | undefined {
  return known.has(data) ? (data as News) : undefined;
}

/** Tells every tab, this one too. */
export function tellTabs(news: News): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, this one
  channel.postMessage(news);
  channel.close();
}

/** Hears what the others tell, until the answer is called. */
export function hearTabs(heard: (news: News) => void): () => void {
  if (!("BroadcastChannel" in globalThis)) return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }) => {
    const news = readNews(data);
    if (news) heard(news);
  });
  return () => channel.close();
}
