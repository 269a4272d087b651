import type { AppRouter } from "@patchbay/api/router";
import { isConnectPage } from "./page-session.ts";
import type { inferRouterError, inferRouterInputs, inferRouterOutputs } from "@trpc/server";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

/** Finds the entry of a procedure in the router's inputs or outputs. */
type EntryAt<Table, Path> = Path extends `${infer Router}.${infer Procedure}`
  ? Router extends keyof Table
    ? Procedure extends keyof Table[Router]
      ? Table[Router][Procedure]
      : never
    : never
  : never;

/** The subscriptions of the API's router, such as `connections.watch`. */
export type SubscriptionPath = {
  [Router in keyof Outputs]: {
    [Procedure in keyof Outputs[Router] & string]: Outputs[Router][Procedure] extends AsyncIterable<unknown>
      ? `${Router}.${Procedure}`
      : never;
  }[keyof Outputs[Router] & string];
}[keyof Outputs];

/** What a subscription is asked for. */
export type SubscriptionInput<Path extends SubscriptionPath> = EntryAt<Inputs, Path>;

/** What a subscription tells. */
export type SubscriptionEvent<Path extends SubscriptionPath> =
  EntryAt<Outputs, Path> extends AsyncIterable<infer Event> ? Event : never;

/** Why the API ended a stream: the same error as that of a call. */
export type SubscriptionError = inferRouterError<AppRouter>;

/** What happens on a stream. */
export interface SubscriptionHandlers<Event> {
  onEvent: (event: Event) => void;
  /** The API ended the stream, and nothing tries again. */
  onEnd: (error?: SubscriptionError) => void;
  /** The connection broke. The browser tries again by itself where it may. */
  onDisconnect: () => void;
  /** Anything came through the stream, a ping too. */
  onActivity?: () => void;
}

/**
 * Subscribes to a procedure of the API by server-sent events, until the returned function is called. tRPC's own link would
 * be part of every first load, because it shares a module with the links that the page starts with.
 */
export function subscribeToApi<Path extends SubscriptionPath>(
  path: Path,
  input: SubscriptionInput<Path>,
  { onEvent, onEnd, onDisconnect, onActivity }: SubscriptionHandlers<SubscriptionEvent<Path>>,
): () => void {
  if (!("EventSource" in globalThis)) return () => undefined;
  const query = new URLSearchParams({
    ...(isConnectPage() && { session: "connect" }),
    ...(input !== undefined && { input: JSON.stringify(input) }),
  });
  const stream = new EventSource(`/api/trpc/${path}${query.size > 0 ? "?" : ""}${query}`);
  const addHandler = (name: string, handle?: (data: string) => void): void =>
    stream.addEventListener(name, ({ data }: MessageEvent<string>) => {
      onActivity?.();
      handle?.(data);
    });
  const endStream = (error?: SubscriptionError): void => {
    stream.close();
    onEnd(error);
  };
  addHandler("connected");
  addHandler("ping");
  addHandler("message", (data) => onEvent(JSON.parse(data)));
  addHandler("return", () => endStream());
  addHandler("serialized-error", (data) => endStream(JSON.parse(data)));
  stream.addEventListener("error", () => onDisconnect());
  return () => stream.close();
}
