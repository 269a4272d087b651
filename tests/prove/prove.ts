// `pnpm prove`: docs/proof.md.
import { writeFileSync } from "node:fs";
import { styleText } from "node:util";
import { expiries } from "./parts/expiries/expiries.ts";
import { keys } from "./parts/keys.ts";
import { news } from "./parts/news.ts";
import type { Part } from "./parts/part.ts";
import { storm } from "./parts/storm.ts";
import { webhooks } from "./parts/webhooks/webhooks.ts";
import { words } from "./parts/words.ts";
import { readOptions, usage, type Options } from "./run/options.ts";
import { createProgress, type Progress } from "./run/progress.ts";
import { createRandom } from "./run/random.ts";
import { createReport, printEvidence, printTable, type Measure } from "./run/report.ts";
import { openStage, type Stage } from "./world/stage.ts";

const parts: Record<string, Part> = { expiries, storm, webhooks, keys, words, news };

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

if (process.argv.includes("--help")) console.log(usage);
else
  try {
    process.exitCode = await prove(readOptions(process.argv.slice(2), Object.keys(parts)));
  } catch (failure) {
    console.error(failure);
    process.exitCode = 2;
  }

async function prove(options: Options): Promise<number> {
  const progress = createProgress(process.stdout);
  progress.say(`Seed ${options.seed}. With --seed ${options.seed} the same choices are made again.`);
  const began = performance.now();
  const stage = await openStage({ options, progress, random: createRandom(options.seed) });
  const measures: Measure[] = [];
  let failed = true;
  try {
    for (const [name, part] of chosen(options)) await run({ name, part, stage, measures });
    failed = measures.some(({ verdict }) => verdict === "MISS");
  } finally {
    await stage.close(failed);
    conclude(progress, { options, measures, failed, began });
    if (failed) progress.say(`\nThe logs are in ${stage.folder}`);
  }
  return failed ? 1 : 0;
}

function chosen({ only }: Options): [string, Part][] {
  return Object.entries(parts).filter(([name]) => only.length === 0 || only.includes(name));
}

type Run = { name: string; part: Part; stage: Stage; measures: Measure[] };

/** A part that breaks off is a miss of its own, and the others go on. */
async function run({ name, part, stage, measures }: Run): Promise<void> {
  const began = performance.now();
  const report = createReport(name, measures);
  try {
    await part({ ...stage, random: stage.random.branch(name) }, report);
  } catch (failure) {
    report.none("broken off", [failure instanceof Error ? (failure.stack ?? failure.message) : failure]);
  }
  const missed = measures.some((measure) => measure.part === name && measure.verdict === "MISS");
  const verdict = missed ? styleText("red", "MISS") : styleText("green", "pass");
  stage.progress.say(`${verdict}  ${name}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

type Conclusion = { options: Options; measures: Measure[]; failed: boolean; began: number };

function conclude(progress: Progress, { options, measures, failed, began }: Conclusion): void {
  const say = (line: string) => progress.say(line);
  const seconds = Math.round((performance.now() - began) / 1000);
  say("");
  printTable(measures, say);
  printEvidence(measures, say);
  say(`\n${failed ? "Not proved" : "Proved"}, in ${seconds} s.`);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ ...options, failed, seconds, measures }, null, 2)}\n`);
}
