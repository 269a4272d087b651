import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Departure } from "./connecting.ts";

/** One departure, from the press on. */
export interface Trip {
  departure: Departure;
  /** The provider's name. */
  name: string;
  /** Calls the browser back, once it was sent away. */
  callOff?: () => void;
}

/** So long a provider's page may take to open. */
const patienceMs = 15_000;

/** Sees that the page is itself again when the browser, for whatever reason, stays. */
export function useTrip(stalled: (departure: Departure, name: string) => void) {
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<Departure>();
  // Set at once, where state waits for the next rendering: two quick presses are one.
  const under = useRef<Trip>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const back = (): void => {
    clearTimeout(timer.current);
    under.current = undefined;
    setLeaving(undefined);
  };
  const wait = (trip: Trip): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      back();
      stalled(trip.departure, trip.name);
    }, patienceMs);
  };
  // The browser may keep this page as it was and show it again: the lists are old then.
  const shown = useEffectEvent((event: PageTransitionEvent) => {
    back();
    if (event.persisted) void queries.invalidateQueries();
  });
  // Who looks at this page again after the browser was sent away is not on the way any more.
  const looked = useEffectEvent(() => {
    if (under.current?.callOff) back();
  });
  useEffect(() => {
    const [onShow, onLook] = [(event: PageTransitionEvent) => shown(event), () => looked()];
    window.addEventListener("pageshow", onShow);
    window.addEventListener("focus", onLook);
    return () => {
      window.removeEventListener("pageshow", onShow);
      window.removeEventListener("focus", onLook);
      clearTimeout(timer.current);
    };
  }, []);
  return {
    leaving,
    /** Nothing where another trip is under way. */
    start: (departure: Departure, name: string): Trip | undefined => {
      if (under.current) return undefined;
      const trip: Trip = { departure, name };
      under.current = trip;
      setLeaving(departure);
      wait(trip);
      return trip;
    },
    /** Sends the browser away, unless the user has changed their mind. */
    depart: (trip: Trip, go: () => () => void): void => {
      if (under.current !== trip) return;
      trip.callOff = go();
      wait(trip);
    },
    /** Whether the trip was still under way. */
    end: (trip: Trip): boolean => {
      if (under.current !== trip) return false;
      back();
      return true;
    },
    cancel: (): void => {
      under.current?.callOff?.();
      back();
    },
  };
}
