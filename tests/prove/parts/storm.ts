import type { Agent } from "node:http";
import { z } from "zod";
import { percentile, type Report } from "../run/report.ts";
import { expire, connectMany, type Connected } from "../world/grants.ts";
import { newAgent, send, type Answer } from "../world/http.ts";
import type { Stage } from "../world/stage.ts";
import { askToken } from "../world/token.ts";
import { openWorld, type World } from "../world/world.ts";

const order = ["calendly", "zoom", "shopify", "paypal", "calendly"] as const;
const upstreamMs = 200;
const bearer = z.object({ type: z.literal("bearer"), accessToken: z.string() });

type Round = { upstream: number; failed: string[]; useless: string[]; tokens: number; times: number[] };

/** A thousand callers want one token that has ended, at two processes at once. */
export async function storm(stage: Stage, report: Report): Promise<void> {
  const callers = Math.max(20, Math.round(1000 * stage.options.scale));
  await using world = await openWorld(stage, { name: "storm", apis: 2 });
  const rounds: Round[] = [];
  for (const [nth, name] of order.entries()) {
    const [one] = await connectMany(world, { provider: world.providers[name], count: 1, prefix: `storm-${nth}` });
    if (one === undefined) throw new Error("nothing was minted");
    stage.progress.show(`storm: ${nth + 1} of ${order.length}, ${callers} callers`);
    rounds.push(await strike(world, one, callers));
  }
  const times = rounds.flatMap((round) => round.times);
  report.exactly("answers", { value: times.length, wanted: callers * order.length });
  report.none(
    "repetitions with other than 1 upstream refresh",
    rounds.filter(({ upstream }) => upstream !== 1),
  );
  report.none(
    "failed answers",
    rounds.flatMap(({ failed }) => failed),
  );
  report.none(
    "tokens that do not work at the provider",
    rounds.flatMap(({ useless }) => useless),
  );
  report.tell(
    "different tokens handed out",
    rounds.reduce((sum, { tokens }) => sum + tokens, 0),
  );
  report.tell("p50", `${percentile(times, 0.5).toFixed(0)} ms`);
  report.tell("p99", `${percentile(times, 0.99).toFixed(0)} ms`);
}

async function strike(world: World, target: Connected, callers: number): Promise<Round> {
  const { provider, grant, connection, credential } = target;
  const agents = world.apis.map(newAgent);
  const places = Array.from({ length: callers }, (_, nth) => place(world, agents, nth));
  // Open sockets: it is to be a storm of questions, not of handshakes.
  await Promise.all(places.map(({ url, agent }) => send(`${url}/healthz`, { agent })));
  await expire(world, [credential]);
  await world.control.failRequests({ ...provider.token(grant), times: 1, delayMs: upstreamMs });
  const before = await sent(world, provider.id);
  const times: number[] = [];
  const answers = await Promise.all(
    places.map(async ({ url, agent }) => {
      const began = performance.now();
      const answer = await askToken(world, url, { id: connection, agent }).catch(String);
      times.push(performance.now() - began);
      return answer;
    }),
  );
  for (const agent of agents) agent.destroy();
  const upstream = (await sent(world, provider.id)) - before;
  return { upstream, times, ...(await judge(target, answers)) };
}

function place({ apis }: World, agents: readonly Agent[], nth: number): { url: string; agent: Agent } {
  const [api, agent] = [apis[nth % apis.length], agents[nth % agents.length]];
  if (api === undefined || agent === undefined) throw new Error("no process");
  return { url: api.url, agent };
}

async function sent({ control }: World, provider: string): Promise<number> {
  return (await control.listRefreshes()).totals[provider]?.sent ?? 0;
}

async function judge({ provider, grant }: Connected, answers: readonly (Answer | string)[]) {
  const failed: string[] = [];
  const tokens = new Set<string>();
  for (const answer of answers) {
    const given = typeof answer === "string" ? undefined : readBearer(answer);
    if (given === undefined) failed.push(typeof answer === "string" ? answer : `${answer.status} ${answer.text}`);
    else tokens.add(given);
  }
  const useless: string[] = [];
  for (const accessToken of tokens) {
    const { status } = await provider.identify({ accessToken, metadata: provider.place(grant) });
    if (status !== 200) useless.push(`${provider.id} answered ${status}`);
  }
  return { failed, useless, tokens: tokens.size };
}

function readBearer({ status, text }: Answer): string | undefined {
  return status === 200 ? bearer.safeParse(JSON.parse(text)).data?.accessToken : undefined;
}
