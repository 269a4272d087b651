import type { ProviderCard } from "@patchbay/api/router";
import { type ReactNode, type RefObject, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { CardActionsProvider, useCardActions } from "../cards/card-actions.tsx";
import { Card, type CardNotice, findFieldFault } from "../cards/card.tsx";
import { storeReceipts } from "../cards/stored-receipts.ts";
import { describeUnopened, type Navigate, type RedirectFlow, useRedirectFlow } from "../cards/use-redirect-flow.ts";
import type { FinishController, FinishState } from "../finish-connect.ts";
import { goToPage, type SessionEnd } from "../route.ts";
import { describeFailure, type Failure } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { Header } from "../ui/header.tsx";
import { Notice } from "../ui/notice.tsx";
import { useTitle } from "../ui/title.ts";
import { type ConnectNotice, findNameInList, type LoadedLists } from "./connect-notice.ts";
import { LoadFailure } from "./load-failure.tsx";
import { SignOut } from "./sign-out.tsx";
import { Skeleton } from "./skeleton.tsx";
import { Summary } from "./summary.tsx";
import { type ConnectResult, useConnectResult } from "./use-connect-result.ts";
import { useLiveList } from "./use-live-list.ts";

interface IntegrationsPageProps {
  finish: FinishController;
  navigate: Navigate;
}

/** The page with a card for each provider, and the accounts that are connected there. */
export function IntegrationsPage({ finish, navigate }: IntegrationsPageProps) {
  useTitle("Integrations");
  const session = trpc.session.get.useQuery();
  const providers = trpc.providers.list.useQuery();
  const connections = trpc.connections.list.useQuery();
  const user = session.data?.user;
  const lists = useMemo(
    () =>
      user && providers.data && connections.data
        ? { providers: providers.data, connections: connections.data }
        : undefined,
    [user, providers.data, connections.data],
  );
  const redirect = useRedirectFlow(navigate);
  const result = useConnectResult(finish, Boolean(user), lists);
  const sessionEndRef = useRef<SessionEnd>(undefined);
  const [erased, setErased] = useState<ReactNode>();
  useSignedInGuard(erased ? undefined : user, { finish, redirect, sessionEndRef });

  const failed = [session, providers, connections].find(({ data, error }) => error !== null && data === undefined);
  const retry = (): void => void [session, providers, connections].map(({ refetch }) => refetch());
  if (erased) return erased;
  return (
    <>
      {/* The empty element keeps the place of what comes. */}
      <Header>{user ? <SignOut user={user} onErased={setErased} /> : <div className="who" />}</Header>
      <main className="page">
        <div className="page-head">
          <h1>Integrations</h1>
          <p>Connect the accounts you work with, and disconnect them again at any time.</p>
          <Summary connections={lists?.connections} finishing={findFinishingName(result.state, providers.data)} />
        </div>
        {lists && (
          <CardActionsProvider providers={lists.providers} redirect={redirect} clearNotice={result.clear}>
            <Cards
              lists={lists}
              result={result}
              onSessionEnd={(why) => {
                sessionEndRef.current = why;
              }}
            />
          </CardActionsProvider>
        )}
        {!lists && (failed?.error && user !== null ? <LoadFailure error={failed.error} retry={retry} /> : <Skeleton />)}
      </main>
    </>
  );
}

interface SignedInGuardDeps {
  finish: FinishController;
  redirect: RedirectFlow;
  /** Why the session ended, where that is known. */
  sessionEndRef: RefObject<SessionEnd | undefined>;
}

/** Sends a user who is not signed in to the sign-in page, which says why. After it the user comes back here. */
function useSignedInGuard(
  user: object | null | undefined,
  { finish, redirect: { refused }, sessionEndRef }: SignedInGuardDeps,
): void {
  const wasSignedIn = useRef(false);
  const leave = useEffectEvent(() => {
    const state = finish.getState();
    const interrupted = state.type === "finishing" || (state.type === "failed" && isInterruption(state.failure));
    storeReceipts([]);
    if (interrupted) finish.discard();
    const pressed = refused?.failure?.code === "unauthenticated" ? refused.request.provider : undefined;
    const ended = wasSignedIn.current && !interrupted ? (sessionEndRef.current ?? "ended") : undefined;
    goToPage("/sign-in", { provider: interrupted ? state.provider : pressed, interrupted, ended });
  });
  useEffect(() => {
    if (user === null) leave();
    else if (user) wasSignedIn.current = true;
  }, [user]);
}

/** Whether the return failed because the user is signed out. A return that matches no session means the same then. */
const isInterruption = ({ code, field }: Failure): boolean =>
  code === "unauthenticated" || (code === "invalid_state" && field !== "state");

/** Finds the name of the provider whose account is being connected. Empty if the page does not know the provider. */
export const findFinishingName = (
  state: FinishState,
  providers: readonly ProviderCard[] | undefined,
): string | undefined =>
  state.type === "finishing" ? (findNameInList(providers ?? [], state.provider) ?? "") : undefined;

interface CardsProps {
  lists: LoadedLists;
  result: ConnectResult;
  /** The session may have ended, for this reason. */
  onSessionEnd: (why: SessionEnd) => void;
}

/** A card for each provider, whose accounts are kept live. Works below `CardActionsProvider` only. */
export function Cards({ lists: { providers, connections }, result: { state, notice }, onSessionEnd }: CardsProps) {
  const { reconnectAccount, redirect } = useCardActions();
  useLiveList({
    providers,
    finishState: state,
    reconnect: reconnectAccount,
    onSessionEnd,
  });
  const finishing = state.type === "finishing" ? state.provider : undefined;
  const belongsToCard = providers.some(({ id }) => id === notice?.provider || id === finishing);
  return (
    <>
      {!belongsToCard && <PageNotice notice={notice} state={state} />}
      {providers.length === 0 && <p className="empty">No kind of account can be connected here yet.</p>}
      <div className="cards">
        {providers.map((provider) => (
          <Card
            key={provider.id}
            provider={provider}
            connections={connections.filter((connection) => connection.provider === provider.id)}
            isFinishing={finishing === provider.id}
            notice={findCardNotice(provider, redirect, notice)}
          />
        ))}
      </div>
    </>
  );
}

/** What belongs to no card, because the provider is not named or has no card. */
function PageNotice({ notice, state }: { notice: ConnectNotice | undefined; state: FinishState }) {
  if (state.type === "finishing") return <Notice tone="quiet">Connecting your account…</Notice>;
  return notice && <Notice>{notice.sentence}</Notice>;
}

function findCardNotice(
  provider: ProviderCard,
  { refused }: RedirectFlow,
  notice: ConnectNotice | undefined,
): CardNotice | undefined {
  if (refused?.request.provider !== provider.id) return notice?.provider === provider.id ? notice : undefined;
  const { failure } = refused;
  if (!failure) return { sentence: describeUnopened(provider.name) };
  return findFieldFault(provider, failure) ? undefined : { sentence: describeFailure(failure, provider.name) };
}
