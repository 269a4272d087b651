// `pnpm bench`: docs/bench.md.
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Outcome, Part } from "./parts/part.ts";
import { lines } from "./parts/lines.ts";
import { profile } from "./parts/profile.ts";
import { scale } from "./parts/scale.ts";
import { coldStart } from "./parts/start.ts";
import { storm } from "./parts/storm.ts";
import { openPages } from "./parts/streams.ts";
import { ratiosOf, writeBaseline } from "./run/baseline.ts";
import { writeDocs } from "./run/docs.ts";
import { readOptions, usage, type Options, type PartName } from "./run/options.ts";
import { linesTable, verdictsTable } from "./run/report.ts";
import { scopeLines, scopeTable } from "./run/scope.ts";
import { colored, holds } from "./run/verdict.ts";
import { openStage, type Stage } from "./world/stage.ts";

const parts: Record<PartName, Part> = { lines, storm, scale, streams: openPages, start: coldStart, profile };

if (process.argv.includes("--help")) console.log(usage);
else
  try {
    process.exitCode = await bench(readOptions(process.argv.slice(2)));
  } catch (failure) {
    console.error(failure);
    process.exitCode = 2;
  }

async function bench(options: Options): Promise<number> {
  const began = performance.now();
  const stage = await openStage(options.users, (line) => console.log(line));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void stage.close().finally(() => process.exit(130)));
  }
  const all: Outcome = { measures: [], verdicts: [], notes: [] };
  try {
    for (const name of options.only) {
      const { measures, verdicts, notes } = await run(stage, name, options);
      all.measures.push(...measures);
      all.verdicts.push(...verdicts);
      all.notes.push(...notes);
    }
  } finally {
    await stage.close();
  }
  conclude(all, options);
  const missed = all.verdicts.some((verdict) => !holds(verdict));
  console.log(`\n${colored(missed ? "MISS" : "pass")}, in ${Math.round((performance.now() - began) / 1000)} s.`);
  return missed ? 1 : 0;
}

/** A part that breaks off is a miss of its own, and the others go on. */
async function run(stage: Stage, name: PartName, options: Options): Promise<Outcome> {
  try {
    return await parts[name](stage, options);
  } catch (failure) {
    console.error(failure);
    const what = `broken off: ${failure instanceof Error ? failure.message : "?"}`;
    return { measures: [], verdicts: [{ part: name, what, is: 1, must: { most: 0 } }], notes: [] };
  }
}

function conclude(all: Outcome, options: Options): void {
  const text = describe(all, options);
  console.log(`\n${text.join("\n")}`);
  const scopes = scopeLines(new Set(all.measures.map(({ contender }) => contender)));
  if (scopes.length > 0) console.log(`\nWhat each does and does not do (docs/bench.md):\n\n${scopes.join("\n")}`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ options, ...all, ratios: ratiosOf(all.measures) }, null, 2)}\n`);
  }
  if (options.writeBaseline) writeBaseline(all.measures);
  if (options.writeDocs) {
    writeDocs("scope", scopeTable());
    writeDocs("run", text);
  }
}

function describe({ measures, verdicts, notes }: Outcome, { users, rounds, seconds }: Options): string[] {
  const scene = `${availableParallelism()} cores, Node ${process.versions.node}, ${users} users with ${users * 5} connections`;
  return [
    `${scene}; medians of ${rounds} rounds of ${seconds} s.`,
    "",
    ...(measures.length > 0 ? [...linesTable(measures), ""] : []),
    ...(verdicts.length > 0 ? [...verdictsTable(verdicts), ""] : []),
    ...notes.map((note) => `- ${note}`),
  ];
}
