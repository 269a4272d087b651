import { getTabChannelName, parseTabMessage, type TabMessage } from "./tab-channel.ts";

type TabChannel = Pick<BroadcastChannel, "postMessage" | "addEventListener" | "close">;

/** What the tabs of a browser share. A browser without one of the two opens a stream in each tab. */
export interface TabDeps {
  /** The lock decides which tab leads. */
  locks: Pick<LockManager, "request"> | undefined;
  openChannel: (() => TabChannel) | undefined;
}

/** What a tab does among the others. */
export interface TabRole {
  /** This tab leads: it follows the stream and notifies the others, until the returned function is called. */
  lead: (notify: (message: TabMessage) => void) => () => void;
  onMessage: (message: TabMessage) => void;
}

/** Makes one tab of the browser follow the stream and notify all others. When that tab closes, the next one leads. */
export function joinTabs({ locks, openChannel }: TabDeps, { lead, onMessage }: TabRole): () => void {
  if (!locks || !openChannel) return lead(onMessage);
  const left = new AbortController();
  const channel = openChannel();
  const notify = (message: TabMessage): void => {
    if (left.signal.aborted) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, this one
    channel.postMessage(message);
    onMessage(message);
  };
  channel.addEventListener("message", ({ data }) => {
    const message = left.signal.aborted ? undefined : parseTabMessage(data);
    if (message) onMessage(message);
  });
  void takeTurns(locks, left.signal, {
    lead: () => lead(notify),
    // The list may have changed between the first load of this tab and now.
    follow: () => onMessage("changed"),
  });
  return () => {
    left.abort();
    channel.close();
  };
}

type TurnHandlers = { lead: () => () => void; follow: () => void };

async function takeTurns(
  locks: NonNullable<TabDeps["locks"]>,
  left: AbortSignal,
  handlers: TurnHandlers,
): Promise<void> {
  const leadUntilLeft = async (): Promise<void> => {
    if (left.aborted) return;
    const stopLeading = handlers.lead();
    await new Promise<void>((resolve) => left.addEventListener("abort", () => resolve(), { once: true }));
    stopLeading();
  };
  await locks
    .request(getTabChannelName(), { ifAvailable: true }, async (lock) => {
      if (lock) await leadUntilLeft();
    })
    // The browser has locks and grants none.
    .catch(leadUntilLeft);
  if (left.aborted) return;
  handlers.follow();
  // A tab that leaves while it waits aborts the request.
  await locks.request(getTabChannelName(), { signal: left }, leadUntilLeft).catch(() => undefined);
}
