import type { Measure } from "../run/measure.ts";
import type { Options } from "../run/options.ts";
import type { Verdict } from "../run/verdict.ts";
import type { Stage } from "../world/stage.ts";

/** What a part of the bench gave. */
export interface Outcome {
  measures: Measure[];
  verdicts: Verdict[];
  /** For whoever reads the figures. */
  notes: string[];
}

export type Part = (stage: Stage, options: Options) => Promise<Outcome>;
