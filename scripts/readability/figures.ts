import { findCycles } from "./cycles.ts";
import { listExports } from "./exports.ts";
import { findFunctionNames, findTypeNames, listRepeatedNames } from "./names.ts";
import { parseSources } from "./source.ts";
import { compareThreats, parseTests, readThreats } from "./threats.ts";
import { readWalkthrough } from "./walkthroughs.ts";

/** What is counted, what it may be, and what to look at where it is over its bound. */
export type Figure = { title: string; value: string; isMet: boolean; offenders: readonly string[] };

/** What the code of one program may count. */
export type CodeBounds = {
  program: string;
  /** Workspaces; the files below their `src` are read, without tests. */
  folders: readonly string[];
  /** Names of functions that four files or more define. */
  maxRepeatedFunctions: number;
  /** Names of types that three files or more define. */
  maxRepeatedTypes: number;
  minDocumentedPercent: number;
  /** Groups of files that import one another in a circle. */
  maxCycles: number;
};

/** Counts repeated names, undocumented exports and import cycles in one program. */
export function measureCode(root: string, bounds: CodeBounds): Figure[] {
  const files = parseSources(root, bounds.folders);
  const functions = listRepeatedNames(findFunctionNames(files), 4);
  const types = listRepeatedNames(findTypeNames(files), 3);
  const cycles = findCycles(root, files).map((group) => group.join(", "));
  const program = `${bounds.program} (${files.length} files of ${bounds.folders.join(", ")})`;
  return [
    atMost(bounds.maxRepeatedFunctions, `${program}: names of functions that four files or more define`, functions),
    atMost(bounds.maxRepeatedTypes, `${program}: names of types that three files or more define`, types),
    documentedFigure(`${program}: exports with a docstring`, bounds.minDocumentedPercent, listExports(files)),
    atMost(bounds.maxCycles, `${program}: groups of files that import one another in a circle`, cycles),
  ];
}

/** Counts the files of one walkthrough in docs/architecture.md. */
export function measureWalkthrough(
  root: string,
  document: string,
  bounds: { title: string; maxFiles: number },
): Figure {
  const { files, problems } = readWalkthrough(root, document, bounds.title);
  const figure = atMost(bounds.maxFiles, `walkthrough "${bounds.title}": files`, files);
  return problems.length === 0 ? figure : { ...figure, isMet: false, offenders: problems };
}

/** Compares the numbers in titles of tests with docs/threats.md. */
export function measureThreats(root: string, document: string): Figure {
  return atMost(
    0,
    "numbers in titles of tests that docs/threats.md does not explain",
    compareThreats(readThreats(document), parseTests(root)),
  );
}

function atMost(max: number, title: string, offenders: readonly string[]): Figure {
  return { title, value: `${offenders.length}, at most ${max}`, isMet: offenders.length <= max, offenders };
}

function documentedFigure(title: string, min: number, exports: readonly { at: string; documented: boolean }[]): Figure {
  const offenders = exports.filter(({ documented }) => !documented).map(({ at }) => at);
  const percent = exports.length === 0 ? 100 : (100 * (exports.length - offenders.length)) / exports.length;
  return { title, value: `${percent.toFixed(1)} %, at least ${min} %`, isMet: percent >= min, offenders };
}
