import type { Connection } from "@patchbay/api/router";
import { failureOf } from "../failure.ts";
import type { Failure } from "../sentences.ts";
import type { Doors } from "./doors.ts";
import { attend } from "./follow.ts";
import type { Answers, Step, Way } from "./step.ts";
import { afterFailure, afterStep, blank, holds, type View } from "./view.ts";
import { type Asker, changed, inWords } from "./words.ts";

export interface Ports {
  doors: Doors;
  provider: Asker & { id: string };
  /** The connection to be renewed. */
  reconnects: number | undefined;
  say: (text: string) => void;
  connected: (connection: Connection) => void;
  signedOut: () => void;
  /** The connection to be renewed is not there any more. */
  gone: () => void;
}

/**
 * One way through the dialog, from its first question or code to a connection. Lives outside React, so that nothing is
 * sent twice. Its stream and timers run as long as somebody looks.
 */
export interface Walk {
  get: () => View;
  subscribe: (looker: () => void) => () => void;
  /** What it was begun with last. */
  opened: () => Answers;
  begin: (answers: Answers) => void;
  answer: (answers: Answers) => void;
  /** A pause is over. */
  release: () => void;
  restart: () => void;
}

/** The answer that asks for a new code. */
export const AGAIN: Answers = { again: "" };

export function createWalk(way: Way, ports: Ports): Walk {
  const { provider, doors } = ports;
  const beginsItself = way === "scan" || provider.fields.length === 0;
  const stage = createStage(way, ports);
  const { send, forget } = createSender(stage, ports.say);
  let opened: Answers = {};
  const begin = (answers: Answers): void => {
    opened = answers;
    void send("begin", () =>
      doors.begin({
        provider: provider.id,
        ...(way === "ask" && { values: answers }),
        ...(ports.reconnects !== undefined && { reconnectConnectionId: ports.reconnects }),
      }),
    );
  };
  const beginItself = (): void => {
    if (beginsItself && stage.get() === blank) begin({});
  };
  return {
    get: stage.get,
    subscribe: (looker) => {
      const leave = stage.look(looker);
      beginItself();
      return leave;
    },
    opened: () => opened,
    begin,
    answer: (answers) => {
      const { step } = stage.get();
      if (step)
        void send(answers === AGAIN ? "again" : "answer", () =>
          doors.resume({ attempt: step.attempt, values: answers }),
        );
    },
    release: () => {
      stage.set({ ...stage.get(), heldUntil: undefined, failure: undefined });
      ports.say("You can try again now.");
    },
    restart: () => {
      forget();
      stage.set(blank);
      stage.settle();
      beginItself();
    },
  };
}

/** What is shown, and what waits beside it as long as somebody looks. */
function createStage(way: Way, { doors, provider, say, connected, signedOut, gone }: Ports) {
  const lookers = new Set<() => void>();
  let view = blank;
  let leave: (() => void) | undefined;

  const set = (next: View): void => {
    view = next;
    for (const looker of lookers) looker();
  };
  const settle = (): void => {
    leave?.();
    const { step, over } = view;
    const waits = step && !over && lookers.size > 0;
    leave = waits ? attend(step, { doors, step: () => view.step, arrived, failed }) : undefined;
  };
  const arrived = (step: Step): void => {
    if (step.type === "connected") {
      leave?.();
      return connected(step.connection);
    }
    const before = view;
    set(afterStep(before, step));
    const news = changed(before, view, provider);
    if (news !== undefined) say(news);
    if (before.step?.attempt !== step.attempt || before.step.type !== step.type) settle();
  };
  const failed = (failure: Failure): void => {
    const before = view;
    const next = afterFailure(before, failure);
    // While a code can be scanned, the user need not know that nobody answers.
    if (before.busy === undefined && !next.over && holds(before.step)) return;
    set(next);
    if (before.failure?.code !== failure.code) say(inWords(failure, { way, step: view.step, provider }));
    if (next.over) settle();
    if (failure.code === "unauthenticated") signedOut();
    if (failure.code === "connection_unknown") gone();
  };
  const look = (looker: () => void): (() => void) => {
    lookers.add(looker);
    if (lookers.size === 1) settle();
    return () => {
      lookers.delete(looker);
      if (lookers.size === 0) settle();
    };
  };
  const get = (): View => view;
  return { get, set, settle, arrived, failed, look };
}

/** Sends one thing at a time, and nothing during a pause. */
function createSender({ get, set, arrived, failed }: ReturnType<typeof createStage>, say: Ports["say"]) {
  // What comes of what was sent before a new start is of no interest, but for a connection.
  let round = 0;
  const send = async (busy: NonNullable<View["busy"]>, call: () => ReturnType<Doors["begin"]>): Promise<void> => {
    const { busy: already, heldUntil = 0 } = get();
    if (already !== undefined || heldUntil > Date.now()) return;
    const mine = round;
    set({ ...get(), busy, failure: undefined, renewed: false });
    say(busy === "answer" ? "Checking…" : "One moment…");
    try {
      const step = await call();
      if (step.type !== "redirect" && (mine === round || step.type === "connected")) arrived(step);
    } catch (error) {
      if (mine === round) failed(failureOf(error));
    }
  };
  const forget = (): void => {
    round += 1;
  };
  return { send, forget };
}
