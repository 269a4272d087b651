import type { SessionEnd } from "../route.ts";
import { coalesceCalls } from "./coalesce.ts";
import { type EventStreamDeps, openEventStream } from "./event-stream.ts";
import type { TabMessage } from "./tab-channel.ts";
import { joinTabs, type TabDeps } from "./tabs.ts";

/** What live updates need of the browser and of the page. */
export interface LiveUpdatesDeps {
  tabs: TabDeps;
  stream: EventStreamDeps;
  page: {
    isHidden: () => boolean;
    /** Calls `handleHide` when the browser keeps the page in memory for later, and `handleShow` when it shows it again. */
    onCached: (handleHide: () => void, handleShow: () => void) => () => void;
  };
  /** Asks the API for the list. */
  refreshList: () => Promise<unknown>;
  /** The session may have ended. Returns whether it has. */
  confirmSignedOut: (why: SessionEnd) => Promise<boolean>;
}

/** The stream ends before another tab says that the user signed out there. That tab has this time to say so. */
const signOutGraceMs = 500;
/** If the session has not ended after all, the stream is opened again after this time. */
const rejoinAfterMs = 30_000;

/** Keeps the page's list as the API has it, until the returned function is called. */
export function startLiveUpdates({ tabs, stream, page, refreshList, confirmSignedOut }: LiveUpdatesDeps): () => void {
  let leaveTabs: (() => void) | undefined;
  let rejoinTimer: ReturnType<typeof setTimeout> | undefined;
  let endTimer: ReturnType<typeof setTimeout> | undefined;
  let isOutdated = false;
  let isOver = false;
  const requestList = coalesceCalls(async () => isOver || refreshList());
  // A hidden page asks when the user looks at it again.
  const refreshWhenSeen = (): void => {
    isOutdated = page.isHidden();
    if (!isOutdated) requestList();
  };
  const pause = (): void => {
    clearTimeout(rejoinTimer);
    clearTimeout(endTimer);
    leaveTabs?.();
    leaveTabs = undefined;
  };
  const checkSession = async (why: SessionEnd): Promise<void> => {
    pause();
    if (!(await confirmSignedOut(why)) && !isOver) rejoinTimer = setTimeout(join, rejoinAfterMs);
  };
  const join = (): void => {
    pause();
    leaveTabs = joinTabs(tabs, {
      onMessage: (message: TabMessage) => {
        if (message === "changed") refreshWhenSeen();
        else if (message !== "signed-in") void checkSession(message);
      },
      lead: (notify) =>
        openEventStream(stream, {
          onChange: () => notify("changed"),
          onSignedOut: () => {
            endTimer = setTimeout(() => notify("ended"), signOutGraceMs);
          },
        }),
    });
  };
  const stopWaking = stream.onWake(() => {
    if (isOutdated) refreshWhenSeen();
  });
  const stopCaching = page.onCached(pause, join);
  join();
  return () => {
    isOver = true;
    stopWaking();
    stopCaching();
    pause();
  };
}
