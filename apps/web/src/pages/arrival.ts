import { useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { goToCard, showCard } from "../cards/card-id.ts";
import type { Lander, Landing, Settled } from "../landing.ts";
import { nameOf } from "../marks/marks.tsx";
import { endErrand, readErrand } from "../route.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import { interruption, type Known, nameIn, type News, outcomeOf } from "./news.ts";

export interface Arrival {
  landing: Landing;
  news: News | undefined;
  forget: () => void;
}

/** What the page does about how the user got here. `known` is there once a signed-in user's lists have arrived. */
export function useArrival(lander: Lander, signedIn: boolean, known: Known | undefined): Arrival {
  const landing = useSyncExternalStore(lander.subscribe, lander.get);
  const { say } = useMessages();
  const errandNews = useErrand(known);
  const tell = useTelling(lander);

  const start = useEffectEvent(() => {
    if (!lander.start() || landing.type !== "finishing") return;
    const name = nameOf(landing.provider);
    say({ text: name === undefined ? "Connecting your account…" : `Connecting your ${name} account…` });
  });
  useEffect(() => {
    if (signedIn) start();
  }, [signedIn]);

  const finishing = landing.type === "finishing" && landing.provider;
  useEffect(() => {
    if (known && finishing) showCard(finishing);
  }, [known, finishing]);

  const settled = settledIn(landing);
  const settle = useEffectEvent(tell);
  useEffect(() => {
    if (known && settled && lander.announce()) settle(settled, known);
  }, [known, settled, lander]);

  const outcome = known && settled && outcomeOf(settled, known);
  const news = outcome?.type === "news" ? outcome.news : errandNews.news;
  const forget = (): void => {
    lander.drop();
    errandNews.forget();
  };
  return { landing, news, forget };
}

/** Speaks or shows what came of a return, once, and brings its card into view. */
function useTelling(lander: Lander): (settled: Settled, known: Known) => void {
  const { say, show } = useMessages();
  const { list } = trpc.useUtils().connections;
  return (settled, known) => {
    const outcome = outcomeOf(settled, known);
    if (outcome.type === "news") say({ text: outcome.news.sentence });
    else show(outcome.message);
    goToCard(outcome.type === "news" ? outcome.news.provider : outcome.provider);
    if (settled.type === "connected") {
      const { connection } = settled;
      const others = known.connections.filter(({ id }) => id !== connection.id);
      list.setData(undefined, [...others, connection]);
    }
    if (settled.type !== "hint") void list.invalidate();
    if (outcome.type === "connected") lander.drop();
  };
}

/** Why the user was brought here by another page of ours. */
function useErrand(known: Known | undefined): { news: News | undefined; forget: () => void } {
  const [errand, setErrand] = useState(readErrand);
  const { say } = useMessages();
  const news =
    known && errand.interrupted ? interruption(errand.provider, nameIn(known.providers, errand.provider)) : undefined;
  const run = useEffectEvent(() => {
    const { provider, interrupted } = readErrand();
    if (provider === undefined && !interrupted) return;
    endErrand();
    goToCard(provider);
    if (news) say({ text: news.sentence });
  });
  const ready = known !== undefined;
  useEffect(() => {
    if (ready) run();
  }, [ready]);
  return { news, forget: () => setErrand({}) };
}

function settledIn(landing: Landing): Settled | undefined {
  return landing.type === "none" || landing.type === "finishing" ? undefined : landing;
}
