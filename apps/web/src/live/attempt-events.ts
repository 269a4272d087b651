import type { SubscriptionEvent, SubscriptionInput } from "../subscribe.ts";
import type { WatchedAttempts } from "./watched-attempts.ts";

/** Dialogs that open and close within this time cause one new subscription. */
const resubscribeAfterMs = 50;

/** The part of the page's stream that is about the attempts of open dialogs. `resubscribe` replaces the stream. */
export function createAttemptEvents(watched: WatchedAttempts, resubscribe: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let subscribed: readonly string[] = [];
  /** The attempts whose steps the stream still tells. */
  let live: readonly string[] = [];
  const stopListening = watched.onChange(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (watched.list().join() !== subscribed.join()) resubscribe();
    }, resubscribeAfterMs);
  });
  return {
    /** Notes which attempts the next stream tells, and builds what to ask it for. */
    buildInput: (): SubscriptionInput<"connections.watch"> => {
      subscribed = watched.list();
      live = subscribed;
      return subscribed.length === 0 ? undefined : { attempts: [...subscribed] };
    },
    setLive: (isLive: boolean): void => watched.tellLive(live, isLive),
    /** Returns false if the event is not about an attempt. */
    handle: (event: SubscriptionEvent<"connections.watch">): boolean => {
      if (event.type === "step") watched.tellStep(event.attempt, event.step);
      else if (event.type === "over") {
        watched.tellLive([event.attempt], false);
        live = live.filter((attempt) => attempt !== event.attempt);
      } else return false;
      return true;
    },
    stopWatching: (): void => {
      clearTimeout(timer);
      stopListening();
    },
  };
}
