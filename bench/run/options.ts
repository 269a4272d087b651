import { parseArgs } from "node:util";

export const usage = `pnpm bench: compares Patchbay with the same work without a framework (the floor), and with its peers. See docs/bench.md.

  --quick             two minutes: the floor and Patchbay, compared with bench/baseline.json
  --only a,b          some parts: lines, storm, scale, streams, start; profile runs only if it is named
  --lines ACD         some of the lines A, B, C, D and F
  --users n           users in each database, with five connections each (10000)
  --rounds n          rounds for each program, which take turns (5)
  --seconds n         seconds for each round (3; with --quick 1)
  --json file         also writes all measurements to a file
  --write-baseline    makes this run the baseline of --quick
  --write-docs        writes the tables of this run into docs/bench.md`;

const everyLine = "ABCDF";
const usual = ["lines", "storm", "scale", "streams", "start"] as const;
const parts = [...usual, "profile"] as const;
export type PartName = (typeof parts)[number];

export interface Options {
  quick: boolean;
  only: PartName[];
  lines: string;
  users: number;
  rounds: number;
  seconds: number;
  json: string | undefined;
  writeBaseline: boolean;
  writeDocs: boolean;
}

/** Reads the command line. Throws an error that says what is wrong. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      lines: { type: "string", default: everyLine },
      users: { type: "string", default: "10000" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string" },
      json: { type: "string" },
      "write-baseline": { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
    },
  });
  const { quick, lines, json } = values;
  return {
    quick,
    only: readParts(values.only, quick),
    lines: readLines(lines),
    json,
    users: within(values.users, { name: "users", most: 200_000 }),
    rounds: within(values.rounds, { name: "rounds", most: 100 }),
    seconds: within(values.seconds ?? (quick ? "1" : "3"), { name: "seconds", most: 60 }),
    writeBaseline: values["write-baseline"],
    writeDocs: values["write-docs"],
  };
}

function readParts(only: string | undefined, quick: boolean): PartName[] {
  if (only === undefined) return quick ? ["lines"] : [...usual];
  return only.split(",").map((name) => {
    const part = parts.find((known) => known === name);
    if (part === undefined) throw new Error(`--only takes ${parts.join(", ")}, and not ${name}`);
    return part;
  });
}

/** Throws for an unknown line: a run that measured nothing would pass. */
function readLines(text: string): string {
  const lines = text.toUpperCase();
  const strange = [...lines].find((line) => !everyLine.includes(line));
  if (strange === "E") throw new Error("--lines does not take E: it is --only storm");
  if (strange !== undefined || lines === "") throw new Error(`--lines takes letters of ${everyLine}, and not ${text}`);
  return lines;
}

function within(text: string, { name, most }: { name: string; most: number }): number {
  const value = Number(text);
  if (!(value > 0 && value <= most)) throw new Error(`--${name} takes a number up to ${most}`);
  return value;
}
