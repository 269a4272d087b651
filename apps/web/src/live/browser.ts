import type { LiveUpdatesDeps } from "./live-updates.ts";
import { getTabChannelName } from "./tab-channel.ts";
import { watchedAttempts } from "./watched-attempts.ts";

/** Builds what live updates need of the browser. */
export function createBrowserDeps(view: Window): Pick<LiveUpdatesDeps, "tabs" | "stream" | "page"> {
  return {
    tabs: {
      locks: "locks" in navigator ? navigator.locks : undefined,
      openChannel: "BroadcastChannel" in globalThis ? () => new BroadcastChannel(getTabChannelName()) : undefined,
    },
    stream: {
      attempts: watchedAttempts,
      random: Math.random,
      onWake: (wake) => {
        const listeners = new AbortController();
        const { signal } = listeners;
        document.addEventListener("visibilitychange", () => document.hidden || wake("seen"), { signal });
        view.addEventListener("online", () => wake("online"), { signal });
        return () => listeners.abort();
      },
    },
    page: {
      isHidden: () => document.hidden,
      onCached: (handleHide, handleShow) => {
        const listeners = new AbortController();
        const { signal } = listeners;
        view.addEventListener("pagehide", () => handleHide(), { signal });
        view.addEventListener("pageshow", ({ persisted }) => persisted && handleShow(), { signal });
        return () => listeners.abort();
      },
    },
  };
}
