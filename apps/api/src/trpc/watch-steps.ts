import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptView } from "@patchbay/core/connect";
import type { Services } from "../services.ts";

const pollMs = 2000;

interface WatchedAttempt {
  caller: Parameters<Services["connect"]["resume"]>[0];
  attemptId: string;
  over: AbortSignal;
}

/** Where an attempt stands, whenever that changes, until it has led to a connection. Fails as `resume` does. */
export async function* watchSteps(
  connect: Pick<Services["connect"], "resume">,
  { caller, attemptId, over }: WatchedAttempt,
): AsyncGenerator<AttemptView> {
  let last = "";
  while (true) {
    const view = await connect.resume(caller, { attempt: attemptId, values: {} });
    const seen = JSON.stringify(view);
    if (seen !== last) yield view;
    if (view.type === "connected") return;
    last = seen;
    await sleep(pollMs, undefined, { signal: over });
  }
}
