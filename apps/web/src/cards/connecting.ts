import { useState } from "react";
import { failureOf } from "../failure.ts";
import { type Failure, sentence } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import { expectAccount } from "./expected.ts";
import { useGone } from "./gone.ts";
import { type Trip, useTrip } from "./trip.ts";

export interface Departure {
  provider: string;
  values?: Record<string, string> | undefined;
  /** The connection to be renewed. */
  reconnectConnectionId?: number | undefined;
}

/** Leaves for a provider's page. Gives what calls that off. */
export type Depart = (to: string) => () => void;

/** Leaving for a provider: at most one departure at a time, from the press until the browser is gone or stays. */
export interface Connecting {
  leaving: Departure | undefined;
  /** Why the last departure came to nothing. No failure: the provider's page did not open. */
  refused: { departure: Departure; failure?: Failure } | undefined;
  leave: (departure: Departure, name: string) => void;
  /** Stays here after all. */
  cancel: () => void;
}

export const unopened = (name: string): string => `${name} did not open. Check your connection, then try again.`;

export function useConnecting(depart: Depart): Connecting {
  const { say } = useMessages();
  const refreshWithout = useGone();
  const begin = trpc.connect.begin.useMutation();
  const [refused, setRefused] = useState<Connecting["refused"]>();
  const trip = useTrip((departure, name) => {
    setRefused({ departure });
    say({ text: unopened(name) });
  });

  const stay = async (going: Trip, failure: Failure): Promise<void> => {
    const { departure, name } = going;
    const { reconnectConnectionId: reconnects } = departure;
    if (failure.code === "connection_unknown" && reconnects !== undefined) await refreshWithout(reconnects);
    if (!trip.end(going)) return;
    setRefused({ departure, failure });
    say({ text: sentence(failure, name) });
  };
  const leave = (departure: Departure, name: string): void => {
    const going = trip.start(departure, name);
    if (!going) return;
    setRefused(undefined);
    say({ text: `Taking you to ${name}…` });
    expectAccount(departure.reconnectConnectionId);
    begin.mutate(departure, {
      onSuccess: (step) => {
        if (step.type === "redirect") trip.depart(going, () => depart(step.to));
      },
      onError: (error) => void stay(going, failureOf(error)),
    });
  };
  const cancel = (): void => {
    trip.cancel();
    say({ text: "You stay on this page. Nothing was connected." });
  };
  return { leaving: trip.leaving, refused, leave, cancel };
}
