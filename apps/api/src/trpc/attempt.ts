import { setTimeout as sleep } from "node:timers/promises";
import type { View } from "@patchbay/core/connect";
import { z } from "zod";
import type { Calls } from "../calls.ts";

/** The name by which a page knows an attempt of its own. */
export const attempt = z.string().regex(/^[\w-]{43}$/);

const lookEveryMs = 2000;

interface Watched {
  caller: Parameters<Calls["connect"]["resume"]>[0];
  attempt: string;
  over: AbortSignal;
}

/** Where an attempt stands, whenever that changes, until it has led to a connection. Fails as `resume` does. */
export async function* stepsOf(
  connect: Pick<Calls["connect"], "resume">,
  { caller, attempt, over }: Watched,
): AsyncGenerator<View> {
  let last = "";
  while (true) {
    const view = await connect.resume(caller, { attempt, answers: {} });
    const seen = JSON.stringify(view);
    if (seen !== last) yield view;
    if (view.type === "connected") return;
    last = seen;
    await sleep(lookEveryMs, undefined, { signal: over });
  }
}
