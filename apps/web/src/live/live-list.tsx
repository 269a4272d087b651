import { hashKey, useQueryClient } from "@tanstack/react-query";
import { getQueryKey } from "@trpc/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import type { Connection, ProviderCard } from "@patchbay/api/router";
import { ails, isPaused } from "../cards/health.tsx";
import { inert } from "../inert.ts";
import type { Landing } from "../landing.ts";
import type { Ending } from "../route.ts";
import { sessionKey, trpc } from "../trpc.ts";
import type { Message } from "../ui/message.tsx";
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
  /** Why the session is said to be over. */
  ended: (why: Ending) => void;
}

/** Shows nothing. Keeps the list of accounts live, and tells what became of them. */
export function LiveList(props: LiveListProps) {
  const queries = useQueryClient();
  const utils = trpc.useUtils();
  const telling = useTelling(props);
  const heard = useEffectEvent(telling.heard);
  const noted = useEffectEvent(telling.noted);
  const ended = useEffectEvent(props.ended);
  useEffect(() => onNewList(queries, { heard, noted }), [queries]);
  useEffect(keepFocus, []);
  useEffect(
    () =>
      goLive({
        ...portsOf(window),
        refresh: () => utils.connections.list.refetch(),
        signedOut: async (why) => {
          ended(why);
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

interface Listener {
  /** What the API has newly answered, and what was known before. What this page noted itself is known. */
  heard: (before: readonly Connection[], after: readonly Connection[]) => void;
  /** The list as it is now, whoever knows that it is. */
  noted: (now: readonly Connection[]) => void;
}

function onNewList(queries: ReturnType<typeof useQueryClient>, { heard, noted }: Listener): () => void {
  let known = queries.getQueryData<Connection[]>(listKey);
  const hash = hashKey(listKey);
  return queries.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || event.query.queryHash !== hash) return;
    const before = known;
    known = queries.getQueryData<Connection[]>(listKey);
    if (known) noted(known);
    if (before && known && !event.action.manual) heard(before, known);
  });
}

/** One voice for all that changed, and a message in sight for what stopped working. */
function useTelling({ providers, landing, reconnect }: LiveListProps): Listener {
  const { say, retract } = useMessages();
  const { warn, noted: relieve } = useWarnings(reconnect);
  const isLanding = ({ type, connection: { provider } }: Change): boolean =>
    landing.type === "finishing" &&
    (landing.provider ?? provider) === provider &&
    (type === "added" || type === "well");
  const heard: Listener["heard"] = (before, after) => {
    const news = changesBetween(before, after).filter((change) => !isOwn(change) && !isLanding(change));
    if (news.length === 0) return;
    for (const change of news.filter(({ type }) => type === "fell"))
      warn(change.connection, { message: messageOf(change, providers), mends: canMend(change, providers) });
    say(together(news.map((change) => messageOf(change, providers))));
  };
  const noted: Listener["noted"] = (now) => {
    relieve(now);
    const ids = new Set(now.map(({ id }) => id));
    retract((connection) => !ids.has(connection));
  };
  return { heard, noted };
}

/** Whether an account can be reconnected here now, and works again with that. */
const canMend = ({ connection }: Change, providers: readonly ProviderCard[]): boolean =>
  !isPaused(connection) && providers.some(({ id, configured }) => id === connection.provider && configured);

/** The messages in sight about accounts that do not work. None outlives what it warns of. */
function useWarnings(reconnect: LiveListProps["reconnect"]) {
  const { show } = useMessages();
  const inSight = useRef(new Map<number, () => void>());
  const warn = (connection: Connection, { message, mends }: { message: Message; mends: boolean }): void => {
    const action = mends && {
      label: "Reconnect",
      name: `Reconnect ${inert(connection.label)}`,
      act: () => reconnect(connection),
    };
    inSight.current.set(connection.id, show({ tone: "bad", ...message, ...(action && { tone: "warn", action }) }));
  };
  const noted: Listener["noted"] = (now) => {
    const ill = new Set(now.filter(ails).map(({ id }) => id));
    for (const [id, takeBack] of inSight.current) {
      if (ill.has(id)) continue;
      takeBack();
      inSight.current.delete(id);
    }
  };
  return { warn, noted };
}
