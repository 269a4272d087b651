import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptView } from "@patchbay/core/connect";
import type { Services } from "../services.ts";

const pollMs = 2000;

interface WatchedAttempt {
  caller: Parameters<Services["connect"]["resume"]>[0];
  attemptId: string;
  over: AbortSignal;
}

/** Gives the step of an attempt whenever it changes, until it has led to a connection. Throws the errors of `resume`. */
export async function* watchSteps(
  connect: Pick<Services["connect"], "resume">,
  { caller, attemptId, over }: WatchedAttempt,
): AsyncGenerator<AttemptView> {
  let lastText = "";
  while (true) {
    const view = await connect.resume(caller, { attempt: attemptId, values: {} });
    const text = JSON.stringify(view);
    if (text !== lastText) yield view;
    if (view.type === "connected" || view.type === "return") return;
    lastText = text;
    await sleep(pollMs, undefined, { signal: over });
  }
}
