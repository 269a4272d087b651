import autocannon from "autocannon";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ask } from "../contender/contender.ts";
import { startMeter, type Round, type Watched } from "./meter.ts";

export interface Shot {
  /** Several: the connections are spread over them. */
  url: string | string[];
  ask: Ask;
  /** The number of the first request: what has to be new is told by it. */
  from: number;
  /** How many requests to have ready. Where there are fewer than are asked, they come again. */
  ready: number;
  connections: number;
  ms: number;
  watched: Watched;
}

const settleMs = 150;

/** Asks for a while over a number of connections, each sending the next request when it has its answer. */
export async function fire(shot: Shot): Promise<Round> {
  const { url, connections, ms, ask, watched } = shot;
  const batches = prepare(shot);
  const stopped = Promise.withResolvers<void>();
  const cannon = autocannon(
    {
      // It takes several, which its types do not know.
      url: url as string,
      connections,
      duration: 3600,
      sampleInt: 20,
      timeout: 20,
      setupClient: (client) => client.setRequests(batches.pop() ?? []),
    },
    () => stopped.resolve(),
  );
  const tally = count(cannon, ask.status);
  try {
    await sleep(settleMs);
    tally.begin();
    const sumUp = startMeter(watched);
    await sleep(ms);
    const { latencies, failed } = tally.end();
    return sumUp(latencies, failed);
  } finally {
    cannon.stop();
    await stopped.promise;
  }
}

function prepare({ ask, from, ready, connections }: Shot): autocannon.Request[][] {
  const each = Math.max(1, Math.ceil(ready / connections));
  return Array.from({ length: connections }, (_, client) =>
    Array.from({ length: each }, (_, at) => ask.request(from + client * each + at)),
  );
}

function count(cannon: autocannon.Instance, status: number) {
  let latencies: number[] = [];
  let failed = 0;
  // oxlint-disable-next-line max-params -- the fourth is how long it took
  cannon.on("response", (_client, code, _bytes, ms) => {
    if (code === status) latencies.push(ms);
    else failed += 1;
  });
  cannon.on("reqError", () => {
    failed += 1;
  });
  return {
    begin: () => {
      latencies = [];
    },
    end: () => {
      const taken = { latencies, failed };
      latencies = [];
      return taken;
    },
  };
}
