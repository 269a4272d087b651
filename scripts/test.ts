// `npm test`: the checks, the unit tests, the tests in a browser and a short proof, in this order, up to the first that fails.
// If CI is set, it measures speed as well. `npm run test:full` runs everything at full length: more than half an hour.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { findBrowser } from "./lib/browser.ts";
import { startChild } from "./lib/child.ts";
import { countStep, readCounts, addCounts, type Counts } from "./lib/test-counts.ts";
import { ExitCode, runProcessGroup, errorMessage, type ProcessGroup } from "./lib/process-group.ts";
import { dataFolder } from "./lib/paths.ts";

type Step = { name: string; title: string; args: readonly string[]; report: string; needsBrowser?: boolean };

const reports = join(dataFolder, "test");
const unitReport = join(reports, "unit.json");
const e2eReport = join(reports, "e2e.json");
const { only, full } = parseArgs({
  options: { only: { type: "string", multiple: true }, full: { type: "boolean", default: false } },
}).values;
// The tests use real processes, sockets and clocks, and a busy machine makes one of thousands late. A test that fails is run
// once more; one that passes then is listed by name, so that its cause is looked for. `pnpm unit` and `pnpm e2e` never retry.
const steps: Step[] = [
  {
    name: "check",
    title: "Format, lint, types, readability, unused code, generated documentation",
    args: [],
    report: "",
  },
  {
    name: "unit",
    title: "Unit tests",
    args: [
      "--retry=1",
      "--reporter=default",
      `--reporter=${join(import.meta.dirname, "lib/flaky-reporter.ts")}`,
      "--reporter=json",
      `--outputFile.json=${unitReport}`,
    ],
    report: unitReport,
  },
  {
    name: "e2e",
    title: "Tests in a browser",
    args: ["--retries=1", "--reporter=list,json"],
    report: e2eReport,
    needsBrowser: true,
  },
  // A twentieth of `pnpm prove`: enough to see that nothing is lost when processes are killed.
  { name: "prove", title: "Proof: processes are killed", args: full ? [] : ["--scale", "0.05"], report: "" },
];
// Speed is measured only where nothing else runs.
if (process.env["CI"] || full) steps.push({ name: "bench", title: "Benchmark", args: ["--quick"], report: "" });

const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
const chosen = only === undefined ? steps : steps.filter(({ name }) => only.includes(name));

if (unknown.length === 0) await runProcessGroup({ begin: runSteps, interrupted: 130 });
console.error(`There is no step "${unknown.join(", ")}". The steps are ${steps.map(({ name }) => name).join(", ")}.`);
process.exitCode = 1;

async function runSteps(group: ProcessGroup): Promise<void> {
  rmSync(reports, { recursive: true, force: true });
  const installing = new AbortController();
  const browser = chosen.some(({ needsBrowser }) => needsBrowser) ? findBrowser(installing.signal) : undefined;
  browser?.catch(() => undefined);
  const began = performance.now();
  const all: Counts[] = [];
  let failed = 0;
  for (const step of chosen) {
    failed = await runStep(group, step, step.needsBrowser === true ? browser : undefined).catch(reportError);
    all.push(countStep(readCounts(step.report), failed));
    if (failed !== 0) break;
  }
  installing.abort();
  console.log(`\n${styleText("bold", "All")} in ${secondsSince(began)}`);
  const { passed, failed: lost } = addCounts(all);
  console.log(`${passed} passed, ${lost} failed`);
  throw new ExitCode(failed);
}

async function runStep(
  group: ProcessGroup,
  { name, title, args }: Step,
  browser: Promise<string> | undefined,
): Promise<number> {
  console.log(`\n${styleText("bold", title)} ${styleText("dim", `pnpm ${name}`)}\n`);
  const began = performance.now();
  const env = {
    ...process.env,
    // Tests that repeat something read it, and repeat more.
    ...(full && { TEST_EXTENT: "full" }),
    PLAYWRIGHT_JSON_OUTPUT_FILE: e2eReport,
    ...(browser !== undefined && { CHROMIUM_PATH: await browser }),
  };
  const { code, how } = await group.finish(startChild({ name, command: "pnpm", args: [name, ...args], env }));
  const verdict = code === 0 ? styleText("green", "passed") : styleText("red", `failed (${how})`);
  console.log(`\n${title}: ${verdict} in ${secondsSince(began)}`);
  return code;
}

function reportError(error: unknown): number {
  console.error(errorMessage(error));
  return 1;
}

function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
