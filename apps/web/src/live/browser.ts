import { listen } from "../stream.ts";
import { attempts } from "./attempts.ts";
import { CHANNEL } from "./channel.ts";
import type { LivePorts } from "./live.ts";

/** What a browser has to offer. */
export function portsOf(view: Window): Pick<LivePorts, "tabs" | "wire" | "page"> {
  return {
    tabs: {
      locks: "locks" in navigator ? navigator.locks : undefined,
      openChannel: "BroadcastChannel" in globalThis ? () => new BroadcastChannel(CHANNEL) : undefined,
    },
    wire: {
      listen,
      attempts,
      random: Math.random,
      wakes: (wake) => {
        const undo = [
          hear(document, "visibilitychange", () => document.hidden || wake("seen")),
          hear(view, "online", () => wake("online")),
        ];
        return () => undo.forEach((stop) => stop());
      },
    },
    page: {
      isHidden: () => document.hidden,
      onKept: (put, back) => {
        const undo = [
          hear(view, "pagehide", put),
          hear(view, "pageshow", (event) => {
            if (event instanceof PageTransitionEvent && event.persisted) back();
          }),
        ];
        return () => undo.forEach((stop) => stop());
      },
    },
  };
}

function hear(target: EventTarget, name: string, act: (event: Event) => void): () => void {
  target.addEventListener(name, act);
  return () => target.removeEventListener(name, act);
}
