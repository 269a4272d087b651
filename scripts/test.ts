// `npm test`: the checks, the unit tests, the tests in a browser and a small proof, in this order, up to the first that fails.
// Where CI is set, speed is measured, too. `npm run test:full` does all of it at full length: half an hour and more.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { findBrowser } from "./lib/browser.ts";
import { startChild } from "./lib/child.ts";
import { ofStep, readCounts, sum, type Counts } from "./lib/counts.ts";
import { ExitCode, runCrew, sentence, type Crew } from "./lib/crew.ts";
import { data } from "./lib/paths.ts";

type Step = { name: string; title: string; args: readonly string[]; report: string; needsBrowser?: boolean };

const reports = join(data, "test");
const unitReport = join(reports, "unit.json");
const e2eReport = join(reports, "e2e.json");
const { only, full } = parseArgs({
  options: { only: { type: "string", multiple: true }, full: { type: "boolean", default: false } },
}).values;
const steps: Step[] = [
  { name: "check", title: "Format, lint, types, unused code", args: [], report: "" },
  {
    name: "unit",
    title: "Unit tests",
    args: ["--reporter=default", "--reporter=json", `--outputFile.json=${unitReport}`],
    report: unitReport,
  },
  { name: "e2e", title: "In the browser", args: ["--reporter=list,json"], report: e2eReport, needsBrowser: true },
  // A twentieth of what it proves by itself: enough to see that nothing is lost when processes die.
  { name: "prove", title: "While processes are killed", args: full ? [] : ["--scale", "0.05"], report: "" },
];
// Speed is judged where nothing else runs.
if (process.env["CI"] || full) steps.push({ name: "bench", title: "Beside the floor", args: ["--quick"], report: "" });

const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
const chosen = only === undefined ? steps : steps.filter(({ name }) => only.includes(name));

if (unknown.length === 0) await runCrew({ begin: runSteps, interrupted: 130 });
console.error(`There is no ${unknown.join(", ")}. What can be run: ${steps.map(({ name }) => name).join(", ")}.`);
process.exitCode = 1;

async function runSteps(crew: Crew): Promise<void> {
  rmSync(reports, { recursive: true, force: true });
  const installing = new AbortController();
  const browser = chosen.some(({ needsBrowser }) => needsBrowser) ? findBrowser(installing.signal) : undefined;
  browser?.catch(() => undefined);
  const began = performance.now();
  const all: Counts[] = [];
  let failed = 0;
  for (const step of chosen) {
    failed = await runStep(crew, step, step.needsBrowser === true ? browser : undefined).catch(complain);
    all.push(ofStep(readCounts(step.report), failed));
    if (failed !== 0) break;
  }
  installing.abort();
  console.log(`\n${styleText("bold", "All")} in ${secondsSince(began)}`);
  const { passed, failed: lost } = sum(all);
  console.log(`${passed} passed, ${lost} failed`);
  throw new ExitCode(failed);
}

async function runStep(crew: Crew, { name, title, args }: Step, browser: Promise<string> | undefined): Promise<number> {
  console.log(`\n${styleText("bold", title)} ${styleText("dim", `pnpm ${name}`)}\n`);
  const began = performance.now();
  const env = {
    ...process.env,
    // The tests that repeat something many times look at it.
    ...(full && { TEST_EXTENT: "full" }),
    PLAYWRIGHT_JSON_OUTPUT_FILE: e2eReport,
    ...(browser !== undefined && { CHROMIUM_PATH: await browser }),
  };
  const { code, how } = await crew.finish(startChild({ name, command: "pnpm", args: [name, ...args], env }));
  const verdict = code === 0 ? styleText("green", "passed") : styleText("red", `failed (${how})`);
  console.log(`\n${title}: ${verdict} in ${secondsSince(began)}`);
  return code;
}

function complain(error: unknown): number {
  console.error(sentence(error));
  return 1;
}

function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
