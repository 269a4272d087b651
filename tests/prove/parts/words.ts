import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../run/report.ts";
import { connectMany, expire, type Connected } from "../world/grants.ts";
import type { Answer } from "../world/http.ts";
import type { Stage } from "../world/stage.ts";
import { askToken } from "../world/token.ts";
import { openWorld, type World } from "../world/world.ts";
import { deadWords, transientWords, type Spoken } from "./spoken.ts";

interface Case {
  target: Connected;
  word: Spoken;
  answers: number[];
}

const names = ["calendly", "zoom", "shopify", "paypal"] as const;
/** Within this, what was only a hitch has been made good. */
const patienceMs = 45_000;

/** What a provider's words do to a connection: the dead ones end it, once, and the others never. */
export async function words(stage: Stage, report: Report): Promise<void> {
  await using world = await openWorld(stage, { name: "words", apis: 2, env: { WORKERS: "4" } });
  const [dead, transient]: [Case[], Case[]] = [[], []];
  for (const name of names) {
    dead.push(...(await cases(world, name, deadWords[name])));
    transient.push(...(await cases(world, name, transientWords)));
  }
  stage.progress.show(`words: ${dead.length} that end a grant, ${transient.length} that do not`);
  await Promise.all([...dead.map((one) => speak(world, one, 5)), ...transient.map((one) => speak(world, one, 1))]);
  const ended = await states(world, dead);
  const kept = await renewed(world, transient);
  report.tell("words that end a grant", dead.length);
  report.none(
    "of these, not in needs_reconnect with one notice",
    ended.filter(({ status, notices }) => status !== "needs_reconnect" || notices !== 1),
  );
  report.none("of these, answered with other than 409", dead.filter(answeredOtherwise(409)).map(told));
  report.tell("failures that say nothing", transient.length);
  report.none(
    "of these, with a notice or not active",
    kept.filter(({ status, notices }) => status !== "active" || notices > 0),
  );
  report.none(
    "of these, not renewed by itself afterwards",
    kept.filter(({ version, failures }) => version !== 2 || failures > 0),
  );
}

async function cases(world: World, name: (typeof names)[number], said: readonly Spoken[]): Promise<Case[]> {
  const prefix = said === transientWords ? "hitch" : "dead";
  const targets = await connectMany(world, { provider: world.providers[name], count: said.length, prefix });
  return targets.flatMap((target, nth) => {
    const word = said[nth];
    return word ? [{ target, word, answers: [] }] : [];
  });
}

/** Two ask in each process. */
async function speak(world: World, { target, word, answers }: Case, times: number): Promise<void> {
  const { provider, grant, credential, connection } = target;
  await world.control.failRequests({ ...provider.token(grant), person: grant.person, times, ...word.fault });
  await expire(world, [credential]);
  const asked = [...world.apis, ...world.apis].map(({ url }) => askToken(world, url, { id: connection }));
  const given: Answer[] = await Promise.all(asked);
  answers.push(...given.map(({ status }) => status));
}

interface State {
  provider: string;
  word: string;
  status: string;
  version: number;
  failures: number;
  notices: number;
}

async function states({ pool }: World, asked: readonly Case[]): Promise<State[]> {
  return await Promise.all(
    asked.map(async ({ target, word }) => {
      const { rows } = await pool.query<Omit<State, "word">>(
        `select k.provider, k.status, k.version, k.failures,
           (select count(*)::int from audit_event a where a.connection_id = $2 and a.action = 'needs_reconnect') as notices
         from credential k where k.id = $1`,
        [target.credential, target.connection],
      );
      const [row] = rows;
      if (row === undefined) throw new Error("a credential is gone");
      return { ...row, word: word.name };
    }),
  );
}

/** The jobs try again by themselves. */
async function renewed(world: World, asked: readonly Case[]): Promise<State[]> {
  for (const began = performance.now(); ; await sleep(500)) {
    const now = await states(world, asked);
    if (now.every(({ version }) => version > 1) || performance.now() - began > patienceMs) return now;
  }
}

const answeredOtherwise =
  (wanted: number) =>
  ({ answers }: Case): boolean =>
    answers.some((status) => status !== wanted);

const told = ({ target, word, answers }: Case) => ({ provider: target.provider.id, word: word.name, answers });
