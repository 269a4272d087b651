import { styleText } from "node:util";

/** One figure. Without a bound it is only told. */
export interface Measure {
  part: string;
  measure: string;
  value: string;
  bound: string;
  verdict: "pass" | "MISS" | "";
  /** What a miss can be understood by: ids, versions, moments. */
  evidence: unknown[];
}

type Told = { value: number; evidence?: readonly unknown[] };

export interface Report {
  tell(measure: string, value: number | string): void;
  exactly(measure: string, told: Told & { wanted: number }): void;
  atMost(measure: string, told: Told & { bound: number; unit?: string }): void;
  atLeast(measure: string, told: Told & { bound: number }): void;
  /** How many of these there are, none of which may be. */
  none(measure: string, found: readonly unknown[]): void;
}

const mostEvidence = 20;

export function createReport(part: string, measures: Measure[]): Report {
  type Judged = { bound: string; passed: boolean; evidence: readonly unknown[] };
  const put = (measure: string, value: string, { bound, passed, evidence }: Judged): void => {
    const shown = passed ? [] : evidence.slice(0, mostEvidence);
    measures.push({ part, measure, value, bound, verdict: passed ? "pass" : "MISS", evidence: shown });
  };
  const exactly: Report["exactly"] = (measure, { value, wanted, evidence = [] }) =>
    put(measure, text(value), { bound: text(wanted), passed: value === wanted, evidence });
  return {
    tell: (measure, value) =>
      void measures.push({ part, measure, value: text(value), bound: "", verdict: "", evidence: [] }),
    exactly,
    atMost: (measure, { value, bound, unit = "", evidence = [] }) =>
      put(measure, `${text(value)}${unit}`, { bound: `≤ ${text(bound)}${unit}`, passed: value <= bound, evidence }),
    atLeast: (measure, { value, bound, evidence = [] }) =>
      put(measure, text(value), { bound: `≥ ${text(bound)}`, passed: value >= bound, evidence }),
    none: (measure, found) => exactly(measure, { value: found.length, wanted: 0, evidence: found }),
  };
}

function text(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? value.toLocaleString("en").replaceAll(",", " ") : value.toFixed(1);
}

export function printTable(measures: readonly Measure[], out: (line: string) => void): void {
  const head = { part: "part", measure: "measure", value: "value", bound: "bound", verdict: "verdict" };
  const columns = ["part", "measure", "value", "bound", "verdict"] as const;
  const wide = columns.map((column) => Math.max(...[head, ...measures].map((row) => row[column].length)));
  const line = (row: typeof head | Measure): string =>
    columns.map((column, at) => row[column].padEnd(wide[at] ?? 0)).join("  ");
  out(styleText("bold", line(head)));
  for (const row of measures) out(row.verdict === "MISS" ? styleText("red", line(row)) : line(row));
}

export function printEvidence(measures: readonly Measure[], out: (line: string) => void): void {
  for (const { part, measure, evidence, verdict } of measures) {
    if (verdict !== "MISS") continue;
    out(styleText("red", `\n${part}: ${measure}`));
    for (const one of evidence) out(`  ${JSON.stringify(one)}`);
  }
}

/** The value below which so large a part of them lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
