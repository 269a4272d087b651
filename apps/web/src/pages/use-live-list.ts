import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import type { LiveListView } from "../live/live-list.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";

/**
 * Keeps the list of accounts live. The code for it loads when the page is shown and the browser is idle. If it does not load,
 * the list stays as the page loaded it.
 */
export function useLiveList(view: LiveListView): void {
  const queries = useQueryClient();
  const utils = trpc.useUtils();
  const messages = useMessages();
  const getView = useEffectEvent(() => view);
  useEffect(() => {
    let isUnmounted = false;
    let stop: (() => void) | undefined;
    const startWhenLoaded = async (): Promise<void> => {
      const loaded = await loadLiveList().catch(() => undefined);
      if (loaded && !isUnmounted) stop = loaded.startLiveList({ queries, utils, messages, getView: () => getView() });
    };
    void startWhenLoaded();
    return () => {
      isUnmounted = true;
      stop?.();
    };
  }, [queries, utils, messages]);
}

async function loadLiveList() {
  await new Promise<unknown>((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve));
  return await import("../live/live-list.ts");
}
