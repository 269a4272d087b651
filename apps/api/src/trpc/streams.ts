import { ConnectError } from "@patchbay/core/errors";

/** The streams that each user has open, in this process. */
export interface Streams {
  /** Counts one more until it is disposed of. Throws `too_many_requests`. */
  open(user: string): Disposable;
}

/** A page needs one, which it shares with the other tabs of its browser and with the dialogs that it has open. */
const maxStreams = 20;

/** Builds the count of open streams in this process. */
export function createStreams(): Streams {
  const counts = new Map<string, number>();
  return {
    open(user) {
      const others = counts.get(user) ?? 0;
      if (others >= maxStreams) throw new ConnectError("too_many_requests", "too many streams", { retryAfter: 60 });
      counts.set(user, others + 1);
      return {
        [Symbol.dispose]() {
          const left = (counts.get(user) ?? 0) - 1;
          if (left > 0) counts.set(user, left);
          else counts.delete(user);
        },
      };
    },
  };
}
