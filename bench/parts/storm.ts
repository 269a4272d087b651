import { tokenRequest } from "../contender/patchbay.ts";
import { median, percentile } from "../load/meter.ts";
import { openSockets, type Late, type Sockets } from "../load/sockets.ts";
import type { Verdict } from "../run/verdict.ts";
import { accountsEach, zoomConnection } from "../world/people.ts";
import { startPatchbays, stopAll } from "../world/patchbays.ts";
import { credentialId, seals, tokensOf } from "../world/seed.ts";
import type { Stage } from "../world/stage.ts";
import type { Outcome, Part } from "./part.ts";
import { watchHeld } from "./storm-held.ts";

const callers = 1000;
const tokens = 200;
const latencyMs = 200;

/** E: a thousand callers at one moment for a token that has run out, over several processes. */
export const storm: Part = async (stage, { rounds }) => {
  const outcome: Outcome = { measures: [], verdicts: [], notes: [] };
  for (const processes of [2, 4]) {
    stage.say(`Storm over ${processes} processes.`);
    const { verdicts, notes } = await overProcesses(stage, processes, rounds);
    outcome.verdicts.push(...verdicts);
    outcome.notes.push(...notes);
  }
  await stage.provider.reset();
  return outcome;
};

async function overProcesses(stage: Stage, processes: number, rounds: number): Promise<Omit<Outcome, "measures">> {
  const database = `storm_${processes}`;
  await stage.database.createDatabase(database, stage.people.template);
  await using opened = new AsyncDisposableStack();
  const programs = await startPatchbays(stage, { database, count: processes, providerUrl: stage.provider.url });
  opened.defer(() => stopAll(programs));
  const urls = programs.map(({ url }) => url);
  const sockets = opened.adopt(await openSockets(urls, callers), (sockets) => sockets.close());
  const seen: Repetition[] = [];
  for (let round = 0; round <= rounds; round += 1) seen.push(await repeat(stage, { database, sockets }));
  return judge(processes, seen);
}

interface Repetition {
  calm: Late[];
  one: Burst;
  many: Burst;
}

interface Burst {
  answers: Late[];
  refreshes: number;
  reused: number;
  /** The most connections to the database that were held at one look. */
  held: number;
}

type Scene = { database: string; sockets: Sockets };

async function repeat(stage: Stage, scene: Scene): Promise<Repetition> {
  const calm = await scene.sockets.burst(() => tokenRequest(zoomConnection(tokens + 1)));
  const one = await burst(stage, scene, () => 1);
  const many = await burst(stage, scene, (nth) => (nth % tokens) + 1);
  return { calm, one, many };
}

async function burst(stage: Stage, { database, sockets }: Scene, userOf: (nth: number) => number): Promise<Burst> {
  await expire(stage, database);
  await stage.provider.reset(latencyMs);
  const watch = await watchHeld(stage.database.url(database), latencyMs);
  const answers = await sockets.burst((nth) => tokenRequest(zoomConnection(userOf(nth))));
  const held = await watch.stop();
  const { refresh: refreshes, reused } = await stage.provider.counts();
  return { answers, refreshes, reused, held };
}

/** The tokens of the first users, as if they had run out, with refresh tokens that nobody has used. */
async function expire({ database }: Stage, name: string): Promise<void> {
  const users = Array.from({ length: tokens }, (_, at) => at + 1);
  const ids = users.map((user) => credentialId(user, "zoom"));
  const secrets = users.map((user, at) =>
    seals.sealCredentials(tokensOf((user - 1) * accountsEach + 1, -60), { id: ids[at] ?? "", provider: "zoom" }),
  );
  await database.run(
    name,
    `update credential k
     set secret = r.secret, version = k.version + 1, status = 'active', reason = null, issued_at = now() - interval '2 hours',
         expires_at = now() - interval '1 minute', refresh_sent_at = null, failures = 0, retry_at = null,
         lease_owner = null, lease_until = null
     from unnest($1::uuid[], $2::bytea[]) as r (id, secret) where k.id = r.id`,
    [ids, secrets],
  );
}

function judge(processes: number, seen: Repetition[]): Omit<Outcome, "measures"> {
  const part = `E, ${processes} processes`;
  const worst = (pick: (seen: Repetition) => number) => Math.max(...seen.map(pick));
  const bursts = seen.flatMap(({ one, many }) => [one, many]);
  // The first repetition warms up; what must never happen must not happen there either.
  const timed = seen.slice(1);
  const calm = median(timed.map(({ calm }) => p99(calm)));
  const stormy = median(timed.map(({ one }) => p99(one.answers)));
  const all = median(timed.map(({ many }) => Math.max(...many.answers.map(({ ms }) => ms))));
  const verdicts: Verdict[] = [
    { part, what: "refreshes of one token, at most", is: worst(({ one }) => one.refreshes), must: { most: 1 } },
    { part, what: "and at least", is: -worst(({ one }) => -one.refreshes), must: { least: 1 } },
    {
      part,
      what: `refreshes of ${tokens} tokens, at most`,
      is: worst(({ many }) => many.refreshes),
      must: { most: tokens },
    },
    { part, what: "failed answers", is: sum(bursts.map(({ answers }) => failed(answers))), must: { most: 0 } },
    { part, what: "refresh tokens used twice", is: sum(bursts.map(({ reused }) => reused)), must: { most: 0 } },
    {
      part,
      what: "answers with another token than the others",
      is: sum(seen.map(({ one }) => odd(one))),
      must: { most: 0 },
    },
    {
      part,
      what: "p99 beyond that without refresh, in latencies",
      is: (stormy - calm) / latencyMs,
      must: { most: 1.25 },
      unit: "×",
    },
    {
      part,
      what: `${tokens} tokens × ${callers / tokens} callers, in latencies`,
      is: all / latencyMs,
      must: { most: 4.5 },
      reach: 2.5,
      unit: "×",
    },
    { part, what: "connections held, one token", is: worst(({ one }) => one.held), must: { most: 0 } },
    { part, what: `connections held, ${tokens} tokens`, is: worst(({ many }) => many.held), must: { most: 0 } },
  ];
  const told = `p99 ${calm.toFixed(0)} ms without refresh, ${stormy.toFixed(0)} ms with it; all of ${tokens} tokens in ${all.toFixed(0)} ms`;
  return { verdicts, notes: [`${part}: ${seen.length} repetitions; ${told}.`] };
}

const p99 = (answers: Late[]): number =>
  percentile(
    answers.map(({ ms }) => ms).toSorted((a, b) => a - b),
    0.99,
  );
const failed = (answers: Late[]): number => answers.filter(({ status }) => status !== 200).length;
const sum = (numbers: number[]): number => numbers.reduce((all, number) => all + number, 0);

/** How many callers got another token than the first of them. */
function odd({ answers }: Burst): number {
  const given = answers.map(({ body }) => /"accessToken":"([^"]+)"/.exec(body)?.[1]);
  return given.filter((token) => token !== given[0]).length;
}
