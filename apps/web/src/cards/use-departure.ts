import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { FormValues } from "./form-values.ts";

/** Which account is to be connected. */
export interface ConnectRequest {
  provider: string;
  values?: FormValues | undefined;
  /** The connection that is reconnected. Undefined for a new one. */
  reconnectConnectionId?: number | undefined;
}

/** The browser's way to a provider's page, from the press on the button. */
export interface Departure {
  request: ConnectRequest;
  /** The provider's name. */
  name: string;
  /** Stops the browser. Set once the browser was sent away. */
  stop?: () => void;
}

/** How long a provider's page may take to open. */
const maxDepartureMs = 15_000;

/**
 * Holds the one departure that is under way. Ends it when the browser stays for any reason, so that the page works again.
 * `onStalled` is called when the provider's page does not open in time.
 */
export function useDeparture(onStalled: (departure: Departure) => void) {
  const queries = useQueryClient();
  const [pending, setPending] = useState<ConnectRequest>();
  // The ref changes at once and state with the next render. Two quick presses start one departure.
  const current = useRef<Departure>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const reset = (): void => {
    clearTimeout(timer.current);
    current.current = undefined;
    setPending(undefined);
  };
  const restartTimer = (departure: Departure): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      reset();
      onStalled(departure);
    }, maxDepartureMs);
  };
  // A browser may keep the page in memory and show it again. The lists are old then.
  const handlePageShow = useEffectEvent(({ persisted }: PageTransitionEvent) => {
    reset();
    if (persisted) void queries.invalidateQueries();
  });
  // A user who looks at this page again has come back from the provider's page.
  const handleFocus = useEffectEvent(() => {
    if (current.current?.stop) reset();
  });
  useEffect(() => {
    const listeners = new AbortController();
    const { signal } = listeners;
    window.addEventListener("pageshow", (event) => handlePageShow(event), { signal });
    window.addEventListener("focus", () => handleFocus(), { signal });
    return () => {
      listeners.abort();
      clearTimeout(timer.current);
    };
  }, []);
  return {
    pending,
    /** Returns undefined if another departure is under way. */
    beginDeparture: (request: ConnectRequest, name: string): Departure | undefined => {
      if (current.current) return undefined;
      const departure: Departure = { request, name };
      current.current = departure;
      setPending(request);
      restartTimer(departure);
      return departure;
    },
    /** Sends the browser away, unless the user has cancelled. */
    leavePage: (departure: Departure, navigate: () => () => void): void => {
      if (current.current !== departure) return;
      departure.stop = navigate();
      restartTimer(departure);
    },
    /** Ends the departure. Returns false if it was not under way any more. */
    endDeparture: (departure: Departure): boolean => {
      if (current.current !== departure) return false;
      reset();
      return true;
    },
    cancelDeparture: (): void => {
      current.current?.stop?.();
      reset();
    },
  };
}
