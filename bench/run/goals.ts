import { cost, ratio, speed, wholeOf, type Measure } from "./measure.ts";
import type { Verdict } from "./verdict.ts";

interface Goal {
  /** Share of the floor's requests per second. */
  floor?: { least: number; reach: number };
  /** CPU, in floors. */
  cpu?: { most: number; reach: number };
  statements: number;
  upstream?: number;
  peers: Readonly<Record<string, number>>;
}

const goals: Record<Measure["line"], Goal> = {
  A: { floor: { least: 0.6, reach: 0.9 }, statements: 1, peers: { passport: 2.5, grant: 2.5, "better-auth": 10 } },
  B: {
    cpu: { most: 2, reach: 1.3 },
    statements: 4,
    upstream: 2,
    peers: { passport: 1.7, grant: 1.7, "better-auth": 5 },
  },
  C: { floor: { least: 0.7, reach: 0.9 }, statements: 1, peers: { passport: 4, "Auth.js": 4, "better-auth": 10 } },
  D: { floor: { least: 0.75, reach: 0.95 }, statements: 1, peers: { passport: 4, "better-auth": 12 } },
  F: { floor: { least: 0.8, reach: 0.95 }, statements: 1, peers: {} },
};

/** What Patchbay must be at one line, beside those who were measured there. */
export function judgeLine(measures: readonly Measure[]): Verdict[] {
  const ours = measures.find(({ contender }) => contender === "Patchbay");
  if (ours === undefined) return [];
  const goal = goals[ours.line];
  return [...besideFloor(ours, goal, measures), ...ofItself(ours, goal), ...besidePeers(ours, goal, measures)];
}

function besideFloor(ours: Measure, { floor: share, cpu }: Goal, measures: readonly Measure[]): Verdict[] {
  const part = ours.line;
  const floor = measures.find(({ contender }) => contender === "floor");
  if (floor === undefined) return [];
  const verdicts: Verdict[] = [];
  if (share !== undefined) {
    const { least, reach } = share;
    verdicts.push({ part, what: "of the floor's requests", is: ratio(ours, floor, speed), must: { least }, reach });
    const audited = measures.find(({ contender }) => contender === "floor, audited");
    if (audited !== undefined) {
      const what = "of the audited floor's requests";
      verdicts.push({ part, what, is: ratio(ours, audited, speed), must: { least }, reach });
    }
  }
  if (cpu !== undefined) {
    const { most, reach } = cpu;
    verdicts.push({ part, what: "CPU of the floor's", is: ratio(ours, floor, cost), must: { most }, reach, unit: "×" });
  }
  return verdicts;
}

/** What must hold on however slow a machine. */
export function judgeAlone(measures: readonly Measure[]): Verdict[] {
  return measures
    .filter(({ contender }) => contender === "Patchbay")
    .flatMap((ours) => ofItself(ours, goals[ours.line]));
}

function ofItself(ours: Measure, { statements, upstream }: Goal): Verdict[] {
  const part = ours.line;
  const verdicts: Verdict[] = [
    // Fewer are no success: work was left out, or the goal has to be set anew.
    { part, what: "statements", is: wholeOf(ours.statements), must: { exactly: statements } },
    { part, what: "failed", is: ours.failed, must: { most: 0 } },
  ];
  if (upstream !== undefined) {
    verdicts.push({ part, what: "calls to the provider", is: ours.upstream, must: { most: upstream } });
  }
  return verdicts;
}

function besidePeers(ours: Measure, { peers }: Goal, measures: readonly Measure[]): Verdict[] {
  return Object.entries(peers).flatMap(([name, least]) => {
    const peer = measures.find(({ contender }) => contender === name);
    if (peer === undefined) return [];
    return [
      { part: ours.line, what: `of ${name}'s requests`, is: ratio(ours, peer, speed), must: { least }, unit: "×" },
    ];
  });
}
