import { lazy, type RefObject, Suspense, useEffect, useEffectEvent, useMemo, useRef } from "react";
import { answersOf } from "../cards/answers.ts";
import { Card, type CardNotice, faultAt } from "../cards/card.tsx";
import { type Connecting, type Depart, type Departure, unopened, useConnecting } from "../cards/connecting.ts";
import { useDisconnecting } from "../cards/disconnecting.tsx";
import { keepSlips } from "../cards/kept-slips.ts";
import { useWalking } from "../cards/walking.tsx";
import type { Connection, ProviderCard } from "@patchbay/api/router";
import type { Lander, Landing } from "../landing.ts";
import { type Ending, go } from "../route.ts";
import { type Failure, sentence } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { Header } from "../ui/header.tsx";
import { Notice } from "../ui/notice.tsx";
import { useTitle } from "../ui/title.ts";
import { type Arrival, useArrival } from "./arrival.ts";
import { Failed } from "./failed.tsx";
import { type Known, nameIn, type News } from "./news.ts";
import { SignOut } from "./sign-out.tsx";
import { Skeleton } from "./skeleton.tsx";
import { Summary } from "./summary.tsx";

/** Loaded once the page stands and the browser has nothing better to do. Without it the page is as it was loaded. */
const LiveList = lazy(async () => {
  await new Promise<unknown>((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve));
  return import("../live/live-list.tsx").then(
    ({ LiveList }) => ({ default: LiveList }),
    () => ({ default: () => null }),
  );
});

interface Props {
  lander: Lander;
  depart: Depart;
}

export function IntegrationsPage({ lander, depart }: Props) {
  useTitle("Integrations");
  const session = trpc.session.get.useQuery();
  const providers = trpc.providers.list.useQuery();
  const connections = trpc.connections.list.useQuery();
  const user = session.data?.user;
  const known = useMemo(
    () =>
      user && providers.data && connections.data
        ? { providers: providers.data, connections: connections.data }
        : undefined,
    [user, providers.data, connections.data],
  );
  const connecting = useConnecting(depart);
  const arrival = useArrival(lander, Boolean(user), known);
  const endedRef = useRef<Ending>(undefined);
  useGuard(user, { lander, connecting, endedRef });

  const failed = [session, providers, connections].find(({ data, error }) => error !== null && data === undefined);
  const retry = (): void => void [session, providers, connections].map(({ refetch }) => refetch());
  return (
    <>
      <Header>{user && <SignOut user={user} />}</Header>
      <main className="page">
        <div className="page-head">
          <h1>Integrations</h1>
          <p>Connect the accounts you work with, and disconnect them again at any time.</p>
          <Summary connections={known?.connections} finishing={finishingIn(arrival.landing, providers.data)} />
        </div>
        {known && <Cards known={known} connecting={connecting} arrival={arrival} endedRef={endedRef} />}
        {!known && (failed?.error && user !== null ? <Failed error={failed.error} retry={retry} /> : <Skeleton />)}
      </main>
    </>
  );
}

interface GuardProps {
  lander: Lander;
  connecting: Connecting;
  /** Why the session is over, where that was told. */
  endedRef: RefObject<Ending | undefined>;
}

/** A signed-out visitor signs in first, is told why, and comes back to what they were about to do. */
function useGuard(user: object | null | undefined, { lander, connecting: { refused }, endedRef }: GuardProps): void {
  const stood = useRef(false);
  const leave = useEffectEvent(() => {
    const landing = lander.get();
    const interrupted = landing.type === "finishing" || (landing.type === "failed" && isInterruption(landing.failure));
    keepSlips([]);
    if (interrupted) lander.drop();
    const pressed = refused?.failure?.code === "unauthenticated" ? refused.departure.provider : undefined;
    const why = stood.current && !interrupted ? (endedRef.current ?? "ended") : undefined;
    go("/sign-in", { provider: interrupted ? landing.provider : pressed, interrupted, ended: why });
  });
  useEffect(() => {
    if (user === null) leave();
    else if (user) stood.current = true;
  }, [user]);
}

/** To somebody who is signed out, a return that matches no session means the same. */
const isInterruption = ({ code, field }: Failure): boolean =>
  code === "unauthenticated" || (code === "invalid_state" && field !== "state");

const finishingIn = (landing: Landing, providers: readonly ProviderCard[] | undefined): string | undefined =>
  landing.type === "finishing" ? (nameIn(providers ?? [], landing.provider) ?? "") : undefined;

type CardsProps = { known: Known; connecting: Connecting; arrival: Arrival; endedRef: GuardProps["endedRef"] };

function Cards({ known, connecting, arrival: { landing, news, forget }, endedRef }: CardsProps) {
  const { providers, connections } = known;
  const { ask, dialog, slips, dismiss } = useDisconnecting();
  const walking = useWalking();
  const start = (departure: Departure, renewed?: Connection): void => {
    forget();
    const provider = providers.find(({ id }) => id === departure.provider);
    if (provider?.methods.includes("redirect")) connecting.leave(departure, provider.name);
    else if (provider) walking.walk(provider, renewed);
  };
  const reconnect = (connection: Connection): void => {
    const { id, provider, details } = connection;
    const values = answersOf(providers.find((one) => one.id === provider)?.fields ?? [], details);
    start({ provider, reconnectConnectionId: id, ...(values && { values }) }, connection);
  };
  const elsewhere = !providers.some(
    ({ id }) => id === news?.provider || (landing.type === "finishing" && id === landing.provider),
  );
  return (
    <>
      {elsewhere && <Elsewhere news={news} landing={landing} />}
      {providers.length === 0 && <p className="empty">No kind of account can be connected here yet.</p>}
      <div className="cards">
        {providers.map((provider) => (
          <Card
            key={provider.id}
            provider={provider}
            accounts={connections.filter((connection) => connection.provider === provider.id)}
            connecting={{ ...connecting, leave: (departure) => start(departure) }}
            finishing={landing.type === "finishing" && landing.provider === provider.id}
            notice={noticeFor(provider, connecting, news)}
            slips={slips.filter((slip) => slip.provider === provider.id)}
            dismiss={dismiss}
            reconnect={reconnect}
            disconnect={(connection, trigger) => {
              forget();
              ask(connection, provider.name, trigger);
            }}
          />
        ))}
      </div>
      {dialog}
      {walking.dialog}
      <Suspense>
        <LiveList
          providers={providers}
          landing={landing}
          reconnect={reconnect}
          ended={(why) => {
            endedRef.current = why;
          }}
        />
      </Suspense>
    </>
  );
}

/** What belongs to no card: the provider was not named, or is none of ours. */
function Elsewhere({ news, landing }: { news: News | undefined; landing: Landing }) {
  if (landing.type === "finishing") return <Notice tone="quiet">Connecting your account…</Notice>;
  return news && <Notice>{news.sentence}</Notice>;
}

function noticeFor(provider: ProviderCard, { refused }: Connecting, news: News | undefined): CardNotice | undefined {
  if (refused?.departure.provider !== provider.id) return news?.provider === provider.id ? news : undefined;
  const { failure } = refused;
  if (!failure) return { sentence: unopened(provider.name) };
  return faultAt(provider, failure) ? undefined : { sentence: sentence(failure, provider.name) };
}
