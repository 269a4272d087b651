import type { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../run/random.ts";
import { NoAnswer, send, type Answer } from "./http.ts";
import type { World } from "./world.ts";

/** What a back end asks for: the credential of a connection. */
export function askToken({ authorization }: World, url: string, { id, agent }: { id: number; agent?: Agent }) {
  return send(`${url}/api/v1/connections/${id}/token`, {
    method: "POST",
    headers: authorization,
    ...(agent && { agent }),
  });
}

const patienceMs = 90_000;

/** Asks whichever process answers, as a back end behind a load balancer does. */
export async function askAnyone(world: World, id: number, random: Random): Promise<Answer> {
  for (const began = performance.now(); performance.now() - began < patienceMs; await sleep(50)) {
    const up = world.apis.filter((api) => api.up);
    try {
      if (up.length > 0) return await askToken(world, random.pick(up).url, { id });
    } catch (failure) {
      if (!(failure instanceof NoAnswer)) throw failure;
    }
  }
  throw new Error("no process answers any more");
}
