import { CHANNEL, type News, readNews } from "./channel.ts";

type Channel = Pick<BroadcastChannel, "postMessage" | "addEventListener" | "close">;

export interface Tabs {
  /** The tabs take turns by it. Without it, and without a channel, every tab fends for itself. */
  locks: Pick<LockManager, "request"> | undefined;
  openChannel: (() => Channel) | undefined;
}

export interface Part {
  /** This tab is the one that follows the stream. What it learns it tells, until the answer is called. */
  lead: (tell: (news: News) => void) => () => void;
  heard: (news: News) => void;
}

/** Sees that one tab follows the stream, and that all hear of it. The next one takes over where that tab leaves. */
export function joinTabs({ locks, openChannel }: Tabs, { lead, heard }: Part): () => void {
  if (!locks || !openChannel) return lead(heard);
  const left = new AbortController();
  const channel = openChannel();
  const tell = (news: News): void => {
    if (left.signal.aborted) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, this one
    channel.postMessage(news);
    heard(news);
  };
  channel.addEventListener("message", ({ data }) => {
    const news = left.signal.aborted ? undefined : readNews(data);
    if (news) heard(news);
  });
  void takeTurns(locks, left.signal, {
    lead: () => lead(tell),
    // What happened between this tab's first look and now, nobody has told it.
    follow: () => heard("changed"),
  });
  return () => {
    left.abort();
    channel.close();
  };
}

type Turns = { lead: () => () => void; follow: () => void };

async function takeTurns(locks: NonNullable<Tabs["locks"]>, left: AbortSignal, turns: Turns): Promise<void> {
  const hold = async (): Promise<void> => {
    if (left.aborted) return;
    const stop = turns.lead();
    await new Promise<void>((resolve) => left.addEventListener("abort", () => resolve(), { once: true }));
    stop();
  };
  await locks
    .request(CHANNEL, { ifAvailable: true }, async (lock) => {
      if (lock) await hold();
    })
    // A browser that has locks and does not give them.
    .catch(hold);
  if (left.aborted) return;
  turns.follow();
  // Called off while waiting: that is how a tab leaves.
  await locks.request(CHANNEL, { signal: left }, hold).catch(() => undefined);
}
