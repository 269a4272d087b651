import { hashKey, useQueryClient } from "@tanstack/react-query";
import { getQueryKey } from "@trpc/react-query";
import { useEffect, useEffectEvent } from "react";
import type { Connection, ProviderCard } from "@patchbay/api/router";
import type { Landing } from "../landing.ts";
import { sessionKey, trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import { keepFocus } from "./focus.ts";
import { portsOf } from "./browser.ts";
import { type Change, changesBetween, messageOf, together } from "./changes.ts";
import { goLive } from "./live.ts";
import { isOwn } from "./own.ts";

export interface LiveListProps {
  providers: readonly ProviderCard[];
  landing: Landing;
  reconnect: (connection: Connection) => void;
}

/** Shows nothing. Keeps the list of accounts live, and tells what became of them. */
export function LiveList(props: LiveListProps) {
  const queries = useQueryClient();
  const utils = trpc.useUtils();
  const tell = useTelling(props);
  const heard = useEffectEvent(tell);
  useEffect(() => onNewList(queries, heard), [queries]);
  useEffect(keepFocus, []);
  useEffect(
    () =>
      goLive({
        ...portsOf(window),
        refresh: () => utils.connections.list.refetch(),
        signedOut: async () => {
          await queries.invalidateQueries({ queryKey: sessionKey });
          const out = utils.session.get.getData()?.user === null;
          // Whoever signs in next on this page has accounts of his own.
          if (out) queries.removeQueries({ queryKey: listKey });
          return out;
        },
      }),
    [queries, utils],
  );
  return null;
}

const listKey = getQueryKey(trpc.connections.list, undefined, "query");

/** Calls with what the API has newly answered, and with what was known before. What this page noted itself is known. */
function onNewList(
  queries: ReturnType<typeof useQueryClient>,
  heard: (before: readonly Connection[], after: readonly Connection[]) => void,
): () => void {
  let known = queries.getQueryData<Connection[]>(listKey);
  const hash = hashKey(listKey);
  return queries.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || event.query.queryHash !== hash) return;
    const before = known;
    known = queries.getQueryData<Connection[]>(listKey);
    if (before && known && !event.action.manual) heard(before, known);
  });
}

/** One voice for all that changed, and a message in sight for what stopped working. */
function useTelling({ providers, landing, reconnect }: LiveListProps) {
  const { say, show } = useMessages();
  const isLanding = ({ type, connection: { provider } }: Change): boolean =>
    landing.type === "finishing" &&
    (landing.provider ?? provider) === provider &&
    (type === "added" || type === "well");
  return (before: readonly Connection[], after: readonly Connection[]): void => {
    const news = changesBetween(before, after).filter((change) => !isOwn(change) && !isLanding(change));
    if (news.length === 0) return;
    for (const change of news.filter(({ type }) => type === "fell")) {
      const { connection } = change;
      const action = { label: "Reconnect", act: () => reconnect(connection) };
      show({ ...messageOf(change, providers), action });
    }
    say(together(news.map((change) => messageOf(change, providers))));
  };
}
