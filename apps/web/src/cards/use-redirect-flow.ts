import { useState } from "react";
import { parseFailure } from "../failure.ts";
import { describeFailure, type Failure } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import { rememberExpectedAccount } from "./expected-account.ts";
import { type ConnectRequest, type Departure, useDeparture } from "./use-departure.ts";
import { useRefreshList } from "./use-refresh-list.ts";

/** Sends the browser to a provider's page. Returns a function that stops it. */
export type Navigate = (to: string) => () => void;

/** The redirect to a provider. One is under way at most, from the press until the browser has left or stays. */
export interface RedirectFlow {
  /** The request whose redirect is under way. */
  pending: ConnectRequest | undefined;
  /** Why the last redirect came to nothing. Without a failure, the provider's page did not open. */
  refused: { request: ConnectRequest; failure?: Failure } | undefined;
  startRedirect: (request: ConnectRequest, name: string) => void;
  /** Stops the redirect. The user stays on this page. */
  cancelRedirect: () => void;
  /** Sends the browser to an address that the API chose. */
  navigate: Navigate;
}

/** Says that the provider's page did not open. */
export const describeUnopened = (name: string): string =>
  `${name} did not open. Check your connection, then try again.`;

/** Starts connect flows that redirect the browser to the provider. */
export function useRedirectFlow(navigate: Navigate): RedirectFlow {
  const { announce } = useMessages();
  const refreshList = useRefreshList();
  const begin = trpc.connect.begin.useMutation();
  const [refused, setRefused] = useState<RedirectFlow["refused"]>();
  const departure = useDeparture(({ request, name }) => {
    setRefused({ request });
    announce({ text: describeUnopened(name) });
  });

  const failDeparture = async (failed: Departure, failure: Failure): Promise<void> => {
    const { request, name } = failed;
    const { reconnectConnectionId } = request;
    if (failure.code === "connection_unknown" && reconnectConnectionId !== undefined)
      await refreshList(reconnectConnectionId);
    if (!departure.endDeparture(failed)) return;
    setRefused({ request, failure });
    announce({ text: describeFailure(failure, name) });
  };
  const startRedirect = (request: ConnectRequest, name: string): void => {
    const started = departure.beginDeparture(request, name);
    if (!started) return;
    setRefused(undefined);
    announce({ text: `Taking you to ${name}…` });
    rememberExpectedAccount(request.reconnectConnectionId);
    begin.mutate(request, {
      onSuccess: (step) => {
        if (step.type === "redirect") departure.leavePage(started, () => navigate(step.to));
      },
      onError: (error) => void failDeparture(started, parseFailure(error)),
    });
  };
  const cancelRedirect = (): void => {
    departure.cancelDeparture();
    announce({ text: "You stay on this page. Nothing was connected." });
  };
  return { pending: departure.pending, refused, startRedirect, cancelRedirect, navigate };
}
