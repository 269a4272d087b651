import type { Ending } from "../route.ts";
import type { News } from "./channel.ts";
import { gathered } from "./gathered.ts";
import { joinTabs, type Tabs } from "./tabs.ts";
import { keepWire, type WirePorts } from "./wire.ts";

export interface LivePorts {
  tabs: Tabs;
  wire: WirePorts;
  page: {
    isHidden: () => boolean;
    /** Calls `put` when the browser puts the page away, and `back` when it brings it back as it was. */
    onKept: (put: () => void, back: () => void) => () => void;
  };
  /** Asks for the list anew. */
  refresh: () => Promise<unknown>;
  /** The session is said to be over. Answers whether it is. */
  signedOut: (why: Ending) => Promise<boolean>;
}

/** Where the session turned out to live, the stream is not tried again before. */
const DOUBT = 30_000;

/** Keeps the page's list as the API has it, until the answer is called. */
export function goLive({ tabs, wire, page, refresh, signedOut }: LivePorts): () => void {
  let leave: (() => void) | undefined;
  let doubt: ReturnType<typeof setTimeout> | undefined;
  let missed = false;
  let over = false;
  const ask = gathered(async () => over || refresh());
  // Nobody looks: then it is asked for when somebody does.
  const look = (): void => {
    missed = page.isHidden();
    if (!missed) ask();
  };
  const part = (): void => {
    clearTimeout(doubt);
    leave?.();
    leave = undefined;
  };
  const end = async (why: Ending): Promise<void> => {
    part();
    if (!(await signedOut(why)) && !over) doubt = setTimeout(join, DOUBT);
  };
  const join = (): void => {
    part();
    leave = joinTabs(tabs, {
      heard: (news: News) => {
        if (news === "changed") look();
        else if (news !== "signed-in") void end(news);
      },
      lead: (tell) => keepWire(wire, { changed: () => tell("changed"), signedOut: () => tell("ended") }),
    });
  };
  const unwake = wire.wakes(() => {
    if (missed) look();
  });
  const forgo = page.onKept(part, join);
  join();
  return () => {
    over = true;
    unwake();
    forgo();
    part();
  };
}
