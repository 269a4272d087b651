import { cpu, cost, ratio, speed, type Measure } from "./measure.ts";
import { table } from "./table.ts";
import { cells, figure, wordOf, type Verdict } from "./verdict.ts";

const names: Record<Measure["line"], string> = {
  A: "start an authorization",
  B: "whole connect",
  C: "list accounts",
  D: "hand out a token",
  F: "webhook, stored",
};

const heading = [
  "line",
  "who",
  "req/s",
  "p50 ms",
  "p99 ms",
  "node µs",
  "PostgreSQL µs",
  "statements",
  "of the floor",
  "CPU × floor",
  "× best peer",
];

/** Everything that the lines gave, in one table. */
export function linesTable(measures: readonly Measure[]): string[] {
  return table(
    heading,
    measures.map((measure) =>
      row(
        measure,
        measures.filter(({ line }) => line === measure.line),
      ),
    ),
  );
}

function row(measure: Measure, sameLine: readonly Measure[]): string[] {
  const { line, contender, perSecond, p50, p99, node, postgres, statements } = measure;
  const [floor] = sameLine;
  const best = bestPeer(sameLine);
  return [
    `${line} ${names[line]}`,
    contender,
    perSecond.toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
    node?.toFixed(0) ?? "–",
    postgres?.toFixed(0) ?? "–",
    figure(Math.round(statements * 100) / 100),
    floor ? figure(ratio(measure, floor, speed)) : "–",
    floor ? figure(ratio(measure, floor, cost)) : "–",
    best ? figure(ratio(measure, best, speed)) : "–",
  ];
}

const ours = new Set(["Patchbay"]);

/** The fastest of those that are neither ours nor a floor. */
export function bestPeer(measures: readonly Measure[]): Measure | undefined {
  const peers = measures.filter(({ contender }) => !contender.startsWith("floor") && !ours.has(contender));
  return peers.toSorted((a, b) => b.perSecond - a.perSecond)[0];
}

export function verdictsTable(verdicts: readonly Verdict[]): string[] {
  return table(
    ["part", "what", "is", "must", "reach", "", "verdict"],
    verdicts.map((verdict) => [...cells(verdict), wordOf(verdict)]),
  );
}

/** Where the machine's time went in a line, in CPUs. */
export function shares({ perSecond, load, ...measure }: Measure): string {
  const work = (microseconds = 0) => ((microseconds * perSecond) / 1_000_000).toFixed(2);
  return `node ${work(measure.node)}, PostgreSQL ${work(measure.postgres)}, load ${load.toFixed(2)}`;
}

export const busy = (measure: Measure): number => (cpu(measure) * measure.perSecond) / 1_000_000 + measure.load;
