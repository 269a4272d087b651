import type { Report } from "../run/report.ts";
import type { Stage } from "../world/stage.ts";

export type Part = (stage: Stage, report: Report) => Promise<void>;
