import { authJs } from "../contender/auth-js.ts";
import { betterAuth, betterAuthBySession } from "../contender/better-auth.ts";
import type { Contender, Line } from "../contender/contender.ts";
import { auditedFloor, floor } from "../contender/floor.ts";
import { grant } from "../contender/grant.ts";
import { passport } from "../contender/passport.ts";
import { patchbay, patchbayConnecting } from "../contender/patchbay.ts";
import { hasFallen, judgeByBaseline } from "../run/baseline.ts";
import { judgeAlone, judgeLine } from "../run/goals.ts";
import type { Measure } from "../run/measure.ts";
import { stopAll } from "../world/patchbays.ts";
import { raise, type Stage, type Standing } from "../world/stage.ts";
import { countPaypal, repeatEvents } from "./lines-proofs.ts";
import { measureLine, type Pace } from "./line.ts";
import type { Outcome, Part } from "./part.ts";

/** Measures lines, and judges Patchbay by them. */
export const lines: Part = async (stage, options) => {
  const { users } = stage.people;
  await using standing = new AsyncDisposableStack();
  const all: Standing[] = [];
  standing.defer(() => stopAll(all.map(({ program }) => program)));
  for (const contender of contenders(users, options.quick)) all.push(await raise(stage, contender));
  const pace = { rounds: options.rounds, ms: options.seconds * 1000, connections: 32 };
  const outcome: Outcome = { measures: [], verdicts: [], notes: [] };
  for (const line of order.filter((line) => options.lines.includes(line))) {
    stage.say(`Measuring ${line}.`);
    const measures = await measureSteadily(stage, line, { all, pace, judged: options.quick });
    outcome.measures.push(...measures);
    outcome.verdicts.push(
      ...(options.quick ? [...judgeByBaseline(measures), ...judgeAlone(measures)] : judgeLine(measures)),
    );
  }
  const own = all.find(({ walk, name }) => walk !== undefined && name === "Patchbay");
  if (own !== undefined && options.lines.includes("B")) outcome.verdicts.push(...(await countPaypal(stage, own)));
  if (options.lines.includes("F")) outcome.verdicts.push(await repeatEvents(stage, all));
  outcome.measures.sort((a, b) => a.line.localeCompare(b.line));
  return outcome;
};

/** B last: it leaves accounts behind. */
const order = ["A", "C", "D", "F", "B"] as const;

/** The quick run has those alone by whom it judges. */
function contenders(users: number, quick: boolean): Contender[] {
  const ours = [patchbay, patchbayConnecting];
  const peers = [passport, grant, betterAuth, betterAuthBySession, authJs];
  return (quick ? [floor, ...ours] : [floor, auditedFloor, ...ours, ...peers]).map((make) => make(users));
}

type Steady = { all: Standing[]; pace: Pace; judged: boolean };

/** A fall is looked at again before it counts. */
async function measureSteadily(stage: Stage, line: Line, { all, pace, judged }: Steady): Promise<Measure[]> {
  const measures = await measureLine(stage, line, { all, pace });
  if (!judged || !hasFallen(measures)) return measures;
  stage.say(`${line} fell: measuring it again.`);
  return await measureLine(stage, line, { all, pace });
}
