import { useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { focusCard, scrollToCard } from "../cards/card-id.ts";
import type { FinishController, FinishResult, FinishState } from "../finish-connect.ts";
import { findProviderName } from "../marks/marks.tsx";
import { clearNavigationState, readNavigationState } from "../route.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import {
  buildInterruptionNotice,
  buildReport,
  type ConnectNotice,
  findNameInList,
  type LoadedLists,
} from "./connect-notice.ts";

/** What the page shows about the return from a provider. */
export interface ConnectResult {
  state: FinishState;
  notice: ConnectNotice | undefined;
  /** Removes the notice. */
  clear: () => void;
}

/** Finishes the return that opened the page, and announces its result. `lists` exist once they are loaded. */
export function useConnectResult(
  finish: FinishController,
  signedIn: boolean,
  lists: LoadedLists | undefined,
): ConnectResult {
  const state = useSyncExternalStore(finish.subscribeToState, finish.getState);
  const { announce } = useMessages();
  const interruption = useInterruption(lists);
  const announceResult = useEffectEvent(useResultAnnouncer(finish));

  const sendTicket = useEffectEvent(() => {
    if (!finish.sendTicket() || state.type !== "finishing") return;
    const name = findProviderName(state.provider);
    announce({ text: name === undefined ? "Connecting your account…" : `Connecting your ${name} account…` });
  });
  useEffect(() => {
    if (signedIn) sendTicket();
  }, [signedIn]);

  const finishing = state.type === "finishing" && state.provider;
  useEffect(() => {
    if (lists && finishing) scrollToCard(finishing);
  }, [lists, finishing]);

  const result = findResult(state);
  useEffect(() => {
    if (lists && result && finish.claimAnnouncement()) announceResult(result, lists);
  }, [lists, result, finish]);

  const report = lists && result && buildReport(result, lists);
  const notice = report?.type === "notice" ? report.notice : interruption.notice;
  const clear = (): void => {
    finish.discard();
    interruption.clear();
  };
  return { state, notice, clear };
}

/** Gives a function that announces a result, puts a new connection into the list, and focuses the provider's card. */
function useResultAnnouncer(finish: FinishController): (result: FinishResult, lists: LoadedLists) => void {
  const { announce, showMessage } = useMessages();
  const { list } = trpc.useUtils().connections;
  return (result, lists) => {
    const report = buildReport(result, lists);
    if (report.type === "notice") announce({ text: report.notice.sentence });
    else showMessage(report.message);
    focusCard(report.type === "notice" ? report.notice.provider : report.provider);
    if (result.type === "connected") {
      const { connection } = result;
      const others = lists.connections.filter(({ id }) => id !== connection.id);
      list.setData(undefined, [...others, connection]);
    }
    if (result.type !== "unconfirmed") void list.invalidate();
    if (report.type === "connected") finish.discard();
  };
}

/** The notice for a user whom the sign-in page sent here, because they were signed out on the way from a provider. */
function useInterruption(lists: LoadedLists | undefined): { notice: ConnectNotice | undefined; clear: () => void } {
  const [origin, setOrigin] = useState(readNavigationState);
  const { announce } = useMessages();
  const notice =
    lists && origin.interrupted
      ? buildInterruptionNotice(origin.provider, findNameInList(lists.providers, origin.provider))
      : undefined;
  const handleArrival = useEffectEvent(() => {
    const { provider, interrupted } = readNavigationState();
    if (provider === undefined && !interrupted) return;
    clearNavigationState();
    focusCard(provider);
    if (notice) announce({ text: notice.sentence });
  });
  const isLoaded = lists !== undefined;
  useEffect(() => {
    if (isLoaded) handleArrival();
  }, [isLoaded]);
  return { notice, clear: () => setOrigin({}) };
}

function findResult(state: FinishState): FinishResult | undefined {
  return state.type === "none" || state.type === "finishing" ? undefined : state;
}
