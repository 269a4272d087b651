import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { failureOf } from "../failure.ts";
import { type Failure, sentence } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import { expectAccount } from "./expected.ts";
import { useGone } from "./gone.ts";

export interface Departure {
  provider: string;
  answers?: Record<string, string> | undefined;
  /** The connection to be renewed. */
  reconnects?: number | undefined;
}

/** Leaving for a provider: at most one departure at a time, from the press until the browser is gone. */
export interface Connecting {
  leaving: Departure | undefined;
  refused: { departure: Departure; failure: Failure } | undefined;
  leave: (departure: Departure, name: string) => void;
}

export function useConnecting(depart: (to: string) => void): Connecting {
  const { say } = useMessages();
  const refreshWithout = useGone();
  const queries = useQueryClient();
  const begin = trpc.connect.begin.useMutation();
  const [leaving, setLeaving] = useState<Departure>();
  // Set at once, where state waits for the next rendering: two quick presses are one.
  const gone = useRef(false);
  const [refused, setRefused] = useState<Connecting["refused"]>();

  // The browser may keep this page as it was and show it again: nobody is leaving then, and the lists are old.
  useEffect(() => {
    const restored = (event: PageTransitionEvent): void => {
      if (!event.persisted) return;
      gone.current = false;
      setLeaving(undefined);
      void queries.invalidateQueries();
    };
    window.addEventListener("pageshow", restored);
    return () => window.removeEventListener("pageshow", restored);
  }, [queries]);

  const stay = async (departure: Departure, { name, failure }: { name: string; failure: Failure }): Promise<void> => {
    const { reconnects } = departure;
    if (failure.code === "connection_unknown" && reconnects !== undefined) await refreshWithout(reconnects);
    gone.current = false;
    setLeaving(undefined);
    setRefused({ departure, failure });
    say({ text: sentence(failure, name) });
  };
  const leave = (departure: Departure, name: string): void => {
    if (gone.current) return;
    gone.current = true;
    setRefused(undefined);
    setLeaving(departure);
    say({ text: `Taking you to ${name}…` });
    expectAccount(departure.reconnects);
    begin.mutate(departure, {
      onSuccess: (step) => {
        if (step.type === "redirect") depart(step.to);
      },
      onError: (error) => void stay(departure, { name, failure: failureOf(error) }),
    });
  };
  return { leaving, refused, leave };
}
