import type { Line } from "../contender/contender.ts";
import { median, type Round } from "../load/meter.ts";

/** What one contender did at one line: the medians of its rounds. */
export interface Measure extends Omit<Round, "failed"> {
  line: Line;
  contender: string;
  /** SQL statements of a piece of work, and its calls to the provider. */
  statements: number;
  upstream: number;
  rounds: Round[];
  failed: number;
}

type Counted = { line: Line; contender: string; statements: number; upstream: number };

export function sumUp(counted: Counted, rounds: Round[]): Measure {
  const middle = (pick: (round: Round) => number | undefined) =>
    median(rounds.map((round) => pick(round) ?? Number.NaN));
  return {
    ...counted,
    perSecond: middle(({ perSecond }) => perSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    node: middle(({ node }) => node),
    postgres: middle(({ postgres }) => postgres),
    load: middle(({ load }) => load),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
    rounds,
  };
}

/** Statements of a piece of work, as they were counted over many: a batch of the audit may have fallen in between. */
export const wholeOf = (statements: number): number => Math.round(statements * 10) / 10;

/** CPU of a piece of work, in microseconds. */
export const cpu = ({ node = 0, postgres = 0 }: Pick<Measure, "node" | "postgres">): number => node + postgres;

/** The median of the ratios of rounds that ran beside each other: what both felt alike goes out. */
export function ratio(ours: Measure, theirs: Measure, pick: (round: Round) => number): number {
  return median(
    ours.rounds.map((round, at) => {
      const other = theirs.rounds[at];
      return other === undefined ? Number.NaN : pick(round) / pick(other);
    }),
  );
}

export const speed = ({ perSecond }: Round): number => perSecond;
export const cost = (round: Round): number => cpu(round);
