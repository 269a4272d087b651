import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ratio, speed, type Measure } from "./measure.ts";
import { holds, type Verdict } from "./verdict.ts";

const file = join(import.meta.dirname, "../baseline.json");

/** What Patchbay was of the floor, line by line. */
type Baseline = Partial<Record<string, { speed: number }>>;

/** A fall by more than a quarter is no noise. */
const tolerated = 0.75;

export function ratiosOf(measures: readonly Measure[]): Baseline {
  const baseline: Baseline = {};
  for (const ours of measures.filter(({ contender }) => contender === "Patchbay")) {
    const floor = measures.find(({ line, contender }) => line === ours.line && contender === "floor");
    if (floor === undefined) continue;
    baseline[ours.line] = { speed: rounded(ratio(ours, floor, speed)) };
  }
  return baseline;
}

export function writeBaseline(measures: readonly Measure[]): void {
  const known = readBaseline();
  writeFileSync(file, `${JSON.stringify({ ...known, ...ratiosOf(measures) }, null, 2)}\n`);
}

export function readBaseline(): Baseline {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Baseline) : {};
}

/** How one run stands beside the baseline. A line that is not in it is judged by nothing, and so does not pass. */
export function judgeByBaseline(measures: readonly Measure[], baseline = readBaseline()): Verdict[] {
  return Object.entries(ratiosOf(measures)).flatMap(([line, now]) => {
    const before = baseline[line];
    if (now === undefined) return [];
    if (before === undefined) return [missing(line)];
    const what = `of the floor's requests (${before.speed} in the baseline)`;
    return [{ part: line, what, is: now.speed, must: { least: rounded(before.speed * tolerated) } }];
  });
}

function missing(part: string): Verdict {
  const what = "not in bench/baseline.json, so judged by nothing: write it with --quick --write-baseline";
  return { part, what, is: 1, must: { most: 0 } };
}

/** Whether measuring it again may show another picture. */
export const hasFallen = (measures: readonly Measure[]): boolean =>
  judgeByBaseline(measures).some((verdict) => "least" in verdict.must && !holds(verdict));

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
