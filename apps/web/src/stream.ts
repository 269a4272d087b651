/** What comes over a tRPC subscription by server-sent events. */
export interface Ears {
  /** One thing it told, parsed. */
  told: (datum: unknown) => void;
  /** The API ended it, and nobody tries again. With what it said, where it said why. */
  ended: (error?: unknown) => void;
  /** Nothing comes for now. The browser tries again by itself where it may. */
  lost: () => void;
  /** It showed that it lives, whether or not it told anything. */
  heard?: () => void;
}

/**
 * Listens until the answer is called. tRPC's own link would be part of every first load, because it shares a module with
 * the links that the page begins with.
 */
export function listen(path: string, { told, ended, lost, heard }: Ears): () => void {
  if (!("EventSource" in globalThis)) return () => undefined;
  const stream = new EventSource(`/api/trpc/${path}`);
  const on = (name: string, act: ((data: string) => void) | undefined): void =>
    stream.addEventListener(name, ({ data }: MessageEvent<string>) => {
      heard?.();
      act?.(data);
    });
  const end = (error?: unknown): void => {
    stream.close();
    ended(error);
  };
  on("connected", undefined);
  on("ping", undefined);
  on("message", (data) => told(JSON.parse(data)));
  on("return", () => end());
  on("serialized-error", (data) => end(JSON.parse(data)));
  stream.addEventListener("error", () => lost());
  return () => stream.close();
}
