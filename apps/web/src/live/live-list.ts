import type { Connection, ProviderCard } from "@patchbay/api/router";
import { hashKey, type QueryClient } from "@tanstack/react-query";
import { getQueryKey } from "@trpc/react-query";
import { isPaused } from "../cards/health.tsx";
import { isSignedOut } from "../failure.ts";
import type { FinishState } from "../finish-connect.ts";
import type { SessionEnd } from "../route.ts";
import { getSessionQueryKey, trpc } from "../trpc.ts";
import type { Messages } from "../ui/messages.tsx";
import { createBrowserDeps } from "./browser.ts";
import { buildChangeMessage, findChanges, type ListChange, mergeMessages } from "./changes.ts";
import { createWarnings } from "./list-warnings.ts";
import { startLiveUpdates } from "./live-updates.ts";
import { isLocalChange } from "./local-changes.ts";
import { restoreLostFocus } from "./restore-focus.ts";

/** What the page shows while the list changes. */
export interface LiveListView {
  providers: readonly ProviderCard[];
  finishState: FinishState;
  reconnect: (connection: Connection) => void;
  /** The session may have ended, for this reason. */
  onSessionEnd: (why: SessionEnd) => void;
}

/** What a live list needs of the page. */
export interface LiveListDeps {
  queries: QueryClient;
  utils: ReturnType<typeof trpc.useUtils>;
  messages: Messages;
  /** Gets what the page shows now. */
  getView: () => LiveListView;
}

/** Keeps the list of accounts live and announces what changed, until the returned function is called. */
export function startLiveList(deps: LiveListDeps): () => void {
  const { queries, utils, getView } = deps;
  const stopListening = subscribeToList(queries, createListHandlers(deps));
  const stopRestoring = restoreLostFocus();
  const stopUpdates = startLiveUpdates({
    ...createBrowserDeps(window),
    refreshList: () => utils.connections.list.refetch(),
    confirmSignedOut: async (why) => {
      getView().onSessionEnd(why);
      await queries.invalidateQueries({ queryKey: getSessionQueryKey() });
      const isOver =
        isSignedOut(queries.getQueryState(getSessionQueryKey())?.error) || utils.session.get.getData()?.user === null;
      // The next user of this page has accounts of their own.
      if (isOver) queries.removeQueries({ queryKey: listQueryKey });
      return isOver;
    },
  });
  return () => {
    stopUpdates();
    stopRestoring();
    stopListening();
  };
}

const listQueryKey = getQueryKey(trpc.connections.list, undefined, "query");

interface ListHandlers {
  /** The API answered with a new list. What this page has put into the list itself counts as known before. */
  onAnswer: (before: readonly Connection[], after: readonly Connection[]) => void;
  /** The list is this now, whether the API or this page has changed it. */
  onList: (now: readonly Connection[]) => void;
}

function subscribeToList(queries: QueryClient, { onAnswer, onList }: ListHandlers): () => void {
  let known = queries.getQueryData<Connection[]>(listQueryKey);
  const hash = hashKey(listQueryKey);
  return queries.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || event.query.queryHash !== hash) return;
    const before = known;
    known = queries.getQueryData<Connection[]>(listQueryKey);
    if (known) onList(known);
    if (before && known && !event.action.manual) onAnswer(before, known);
  });
}

/** Announces all changes at once, and shows a message for each account that stopped working. */
function createListHandlers({ messages, getView }: LiveListDeps): ListHandlers {
  const warnings = createWarnings(messages, (connection) => getView().reconnect(connection));
  return {
    onAnswer: (before, after) => {
      const { providers, finishState } = getView();
      const changes = findChanges(before, after).filter(
        (change) => !isLocalChange(change) && !isOfFinish(change, finishState),
      );
      if (changes.length === 0) return;
      for (const change of changes.filter(({ type }) => type === "broke"))
        warnings.show(change.connection, buildChangeMessage(change, providers), canReconnect(change, providers));
      messages.announce(mergeMessages(changes.map((change) => buildChangeMessage(change, providers))));
    },
    onList: (now) => {
      warnings.removeSolved(now);
      const ids = new Set(now.map(({ id }) => id));
      messages.removeMessages((connection) => !ids.has(connection));
    },
  };
}

/** Whether a change comes from the return that the page is finishing, and announces by itself. */
const isOfFinish = ({ type, connection }: ListChange, finishState: FinishState): boolean =>
  finishState.type === "finishing" &&
  (finishState.provider ?? connection.provider) === connection.provider &&
  (type === "added" || type === "recovered");

/** Whether an account can be reconnected here now, and works again after that. */
const canReconnect = ({ connection }: ListChange, providers: readonly ProviderCard[]): boolean =>
  !isPaused(connection) && providers.some(({ id, configured }) => id === connection.provider && configured);
