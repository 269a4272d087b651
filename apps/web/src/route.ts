import { useSyncExternalStore } from "react";

/** Why somebody is sent to another page of ours. Kept with the history entry, so that it survives a reload. */
export interface Errand {
  /** The provider whose account is to be connected. */
  provider?: string | undefined;
  /** The user came back from there signed out. */
  interrupted?: boolean;
  /** The session that the page stood on is over: it ended, or the user signed out in another tab. */
  ended?: Ending | undefined;
}

export type Ending = "ended" | "signed-out";

const moved = new EventTarget();

/** Goes to one of our own pages. Targets are constants of this program, never taken from an address. */
export function go(path: "/integrations" | "/sign-in", errand: Errand = {}): void {
  history[location.pathname === path ? "replaceState" : "pushState"](errand, "", path);
  moved.dispatchEvent(new Event("move"));
}

export function usePath(): string {
  return useSyncExternalStore(listen, () => location.pathname);
}

/** What this page was opened for. */
export function readErrand(): Errand {
  const state: unknown = history.state;
  if (typeof state !== "object" || state === null) return {};
  const provider = "provider" in state && typeof state.provider === "string" ? state.provider : undefined;
  const ended = "ended" in state && isEnding(state.ended) ? state.ended : undefined;
  return { provider, interrupted: "interrupted" in state && state.interrupted === true, ended };
}

const isEnding = (value: unknown): value is Ending => value === "ended" || value === "signed-out";

/** The errand is done. */
export function endErrand(): void {
  history.replaceState(null, "");
}

function listen(changed: () => void): () => void {
  moved.addEventListener("move", changed);
  window.addEventListener("popstate", changed);
  return () => {
    moved.removeEventListener("move", changed);
    window.removeEventListener("popstate", changed);
  };
}
