import type { ConnectVisit } from "@patchbay/api/router";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import type { ConnectLink } from "../bootstrap.ts";
import { CardActionsProvider } from "../cards/card-actions.tsx";
import { useLazyDialog } from "../cards/lazy-dialogs.ts";
import { type Navigate, useRedirectFlow } from "../cards/use-redirect-flow.ts";
import type { ConfirmDialogProps } from "../connect-dialog/confirm-dialog.tsx";
import { isSignedOut } from "../failure.ts";
import type { FinishController, FinishState } from "../finish-connect.ts";
import { listenToTabs } from "../live/tab-channel.ts";
import { findProviderName } from "../marks/marks.tsx";
import { sanitize } from "../sanitize.ts";
import { trpc } from "../trpc.ts";
import { Header } from "../ui/header.tsx";
import { useTitle } from "../ui/title.ts";
import { BackLink } from "./back-link.tsx";
import { MissingLink, OverVisit, ReplacedVisit } from "./connect-endings.tsx";
import type { LoadedLists } from "./connect-notice.ts";
import { Cards, findFinishingName } from "./integrations.tsx";
import { LoadFailure } from "./load-failure.tsx";
import { Skeleton } from "./skeleton.tsx";
import { StartFlow } from "./start-flow.tsx";
import { Summary } from "./summary.tsx";
import { useConnectResult } from "./use-connect-result.ts";

interface ConnectVisitProps {
  finish: FinishController;
  navigate: Navigate;
  link: ConnectLink;
}

/** The accounts of the user of a connect session, at the session's providers. */
export function VisitPage(props: ConnectVisitProps) {
  const { finish, link } = props;
  const session = trpc.connectSession.get.useQuery();
  const isReplaced = useReplacement(session.data?.id);
  const [arrived] = useState(finish.getState);
  useExpiry(session.data?.expiresAt, () => void session.refetch());
  if (isReplaced) return <ReplacedVisit />;
  if (isSignedOut(session.error)) {
    const hadLink = session.data !== undefined || link.token !== "" || arrived.type !== "none";
    return hadLink ? <OverVisit visit={session.data} unconnected={findUnconnected(arrived)} /> : <MissingLink />;
  }
  return <VisitContent {...props} visit={session.data} error={session.error} refetch={session.refetch} />;
}

const findUnconnected = (state: FinishState): string | undefined =>
  "provider" in state ? findProviderName(state.provider) : undefined;

/** Whether this browser has opened another link since this page was loaded. */
function useReplacement(id: string | undefined): boolean {
  const [first, setFirst] = useState(id);
  const [isReplaced, setIsReplaced] = useState(false);
  if (first === undefined && id !== undefined) setFirst(id);
  useEffect(
    () =>
      listenToTabs((message) => {
        if (message === "signed-in") setIsReplaced(true);
      }),
    [],
  );
  return isReplaced || (first !== undefined && first !== id);
}

/** Asks the API again when the session should be over. */
function useExpiry(expiresAt: string | undefined, ask: () => void): void {
  const handleExpiry = useEffectEvent(ask);
  useEffect(() => {
    if (expiresAt === undefined) return undefined;
    const timer = setTimeout(() => handleExpiry(), Math.max(0, Date.parse(expiresAt) - Date.now()) + 1_000);
    return () => clearTimeout(timer);
  }, [expiresAt]);
}

interface VisitContentProps extends ConnectVisitProps {
  visit: ConnectVisit | undefined;
  /** Why the visit did not load. */
  error: unknown;
  refetch: () => unknown;
}

function VisitContent({ finish, navigate, link, visit, error, refetch }: VisitContentProps) {
  useTitle("Connect your accounts", visit?.product);
  const providers = trpc.providers.list.useQuery();
  const connections = trpc.connections.list.useQuery();
  const lists = useMemo(
    () => visit && providers.data && connections.data && selectLists(visit, providers.data, connections.data),
    [visit, providers.data, connections.data],
  );
  const redirect = useRedirectFlow(navigate);
  const result = useConnectResult(finish, visit !== undefined, lists);
  const confirmDialog = useLazyDialog<ConfirmTarget>(loadConfirmDialog, "connect");
  const failed = [error, providers.error, connections.error].find((one) => one && !isSignedOut(one));
  return (
    <>
      <Header {...(visit && { product: visit.product })}>{visit && <BackLink visit={visit} tone="quiet" />}</Header>
      <main className="page">
        <div className="page-head">
          <h1>Connect your accounts</h1>
          {visit && <Purpose visit={visit} />}
          <Summary connections={lists?.connections} finishing={findFinishingName(result.state, providers.data)} />
        </div>
        {visit && lists && (
          <CardActionsProvider
            providers={lists.providers}
            redirect={redirect}
            clearNotice={result.clear}
            visit={visit}
            // A link without a way back came by mail, so a stranger may have sent it.
            {...(visit.returnUrl === null && {
              confirmFlow: (provider, start) => confirmDialog.openDialog({ provider, visit, start }),
            })}
          >
            <StartFlow link={link} visit={visit} lists={lists} />
            <Cards lists={lists} result={result} onSessionEnd={() => undefined} />
            {confirmDialog.opened && (
              <confirmDialog.opened.Dialog {...confirmDialog.opened.target} onClosed={confirmDialog.closeDialog} />
            )}
          </CardActionsProvider>
        )}
        {!lists &&
          (failed ? (
            <LoadFailure error={failed} retry={() => void [refetch(), providers.refetch(), connections.refetch()]} />
          ) : (
            <Skeleton />
          ))}
      </main>
    </>
  );
}

type ConfirmTarget = Omit<ConfirmDialogProps, "onClosed">;

const loadConfirmDialog = async () => (await import("../dialogs.ts")).ConfirmDialog;

/** Selects what the visit is for. The account that is to be reconnected comes first. */
function selectLists(
  { providers: allowed, connection: first, permissions }: ConnectVisit,
  providers: LoadedLists["providers"],
  connections: LoadedLists["connections"],
): LoadedLists {
  // A session that asks for less than usual cannot give what an account lacks besides.
  const isAsked = (provider: string, scope: string) =>
    permissions[provider]?.some((permission) => permission.scope === scope) ?? true;
  const firstProvider = connections.find(({ id }) => id === first)?.provider;
  return {
    providers: providers
      .filter(({ id }) => allowed.includes(id))
      // A session can ask for other permissions than usual.
      .map((provider) => ({ ...provider, permissions: permissions[provider.id] ?? provider.permissions }))
      .toSorted((a, b) => Number(b.id === firstProvider) - Number(a.id === firstProvider)),
    connections: connections
      .filter(({ provider }) => allowed.includes(provider))
      .map((connection) => ({
        ...connection,
        missingScopes: connection.missingScopes.filter((scope) => isAsked(connection.provider, scope)),
      }))
      .toSorted((a, b) => Number(b.id === first) - Number(a.id === first)),
  };
}

/** Says for which product and for which of its users the accounts are connected. */
function Purpose({ visit: { product, user, tenant } }: { visit: ConnectVisit }) {
  const name = user.name || user.email;
  return (
    <>
      <p>
        <bdi>{product}</bdi> uses the accounts that you connect here. You can disconnect them at any time.
      </p>
      {name && (
        <p>
          For <bdi className="person">{sanitize(name)}</bdi>
          {user.name && user.email && <bdi> ({sanitize(user.email)})</bdi>}
          {tenant && (
            <>
              {" "}
              at <bdi>{sanitize(tenant.name || tenant.id)}</bdi>
            </>
          )}
        </p>
      )}
    </>
  );
}
