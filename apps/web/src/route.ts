import { useSyncExternalStore } from "react";

/** Why a page of ours was opened by another one. Stays with the history entry, so that a reload keeps it. */
export interface NavigationState {
  /** The provider whose account is to be connected. */
  provider?: string | undefined;
  /** The user was signed out on the way back from that provider. */
  interrupted?: boolean;
  /** How the session of the last page ended. */
  ended?: SessionEnd | undefined;
}

/** How a session ended: by itself, or because the user signed out in another tab. */
export type SessionEnd = "ended" | "signed-out";

const navigationEvents = new EventTarget();

/** Goes to a page of ours. The paths are constants of this program, and never come from an address. */
export function goToPage(path: "/integrations" | "/sign-in", state: NavigationState = {}): void {
  history[location.pathname === path ? "replaceState" : "pushState"](state, "", path);
  navigationEvents.dispatchEvent(new Event("navigate"));
}

/** Gets the path of the current page, and follows it. */
export function usePath(): string {
  return useSyncExternalStore(subscribeToNavigation, () => location.pathname);
}

/** Reads why this page was opened. */
export function readNavigationState(): NavigationState {
  const state: unknown = history.state;
  if (typeof state !== "object" || state === null) return {};
  const provider = "provider" in state && typeof state.provider === "string" ? state.provider : undefined;
  const ended = "ended" in state && isSessionEnd(state.ended) ? state.ended : undefined;
  return { provider, interrupted: "interrupted" in state && state.interrupted === true, ended };
}

const isSessionEnd = (value: unknown): value is SessionEnd => value === "ended" || value === "signed-out";

/** Forgets why this page was opened, so that a reload does not act on it again. */
export function clearNavigationState(): void {
  history.replaceState(null, "");
}

function subscribeToNavigation(onChange: () => void): () => void {
  navigationEvents.addEventListener("navigate", onChange);
  window.addEventListener("popstate", onChange);
  return () => {
    navigationEvents.removeEventListener("navigate", onChange);
    window.removeEventListener("popstate", onChange);
  };
}
