import type { TabMessage } from "../src/live/tab-channel.ts";
import type { TabDeps } from "../src/live/tabs.ts";

type Hold = (lock: Lock | null) => Promise<void>;
type Waiting = { run: () => void };

/** Creates the locks and the channel that the tabs of one browser share. */
export function fakeBrowser(): Omit<TabDeps, "openChannel"> & {
  openChannel: () => FakeChannel;
  waiting: () => number;
} {
  const channels = new Set<FakeChannel>();
  const queue: Waiting[] = [];
  let held = false;
  const grant = async (hold: Hold): Promise<void> => {
    held = true;
    await hold({ name: "patchbay", mode: "exclusive" });
    held = false;
    queue.shift()?.run();
  };
  const request = async (_: string, { ifAvailable, signal }: LockOptions, hold: Hold): Promise<void> => {
    if (!held) return await grant(hold);
    if (ifAvailable) return await hold(null);
    await new Promise<void>((resolve, reject) => {
      const waiting = { run: () => void grant(hold).then(resolve) };
      queue.push(waiting);
      signal?.addEventListener("abort", () => {
        const index = queue.indexOf(waiting);
        if (index >= 0) queue.splice(index, 1);
        reject(new DOMException("left", "AbortError"));
      });
    });
  };
  return {
    locks: { request: request as LockManager["request"] },
    openChannel: () => new FakeChannel(channels),
    waiting: () => queue.length,
  };
}

/** A channel that delivers a message to all other channels at once. */
export class FakeChannel extends EventTarget {
  readonly #all: Set<FakeChannel>;

  constructor(all: Set<FakeChannel>) {
    super();
    this.#all = all;
    all.add(this);
  }

  postMessage(news: TabMessage): void {
    this.tell(news);
  }

  tell(news: unknown): void {
    for (const other of this.#all) if (other !== this) other.dispatchEvent(new MessageEvent("message", { data: news }));
  }

  close(): void {
    this.#all.delete(this);
  }
}
