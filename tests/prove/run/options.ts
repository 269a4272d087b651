import { parseArgs } from "node:util";

export interface Options {
  full: boolean;
  only: string[];
  seed: number;
  /** Makes everything smaller, to try it. What is proved then is proved of less. */
  scale: number;
  json: string | undefined;
}

export const usage = `pnpm prove: whether connections stay alive while processes die.

  --only <part>   runs one part; may be repeated
  --full          100 000 expiries instead of 10 000
  --seed <n>      makes the same choices again
  --scale <x>     a part of the usual amounts, such as 0.1
  --json <file>   writes the figures there, too`;

export function readOptions(args: string[], parts: readonly string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      full: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      seed: { type: "string" },
      scale: { type: "string", default: "1" },
      json: { type: "string" },
    },
  });
  const strange = values.only.find((name) => !parts.includes(name));
  if (strange !== undefined) throw new Error(`There is no part "${strange}". There are: ${parts.join(", ")}.`);
  return {
    full: values.full,
    only: values.only,
    seed: number(values.seed ?? String(Date.now() % 1_000_000), "seed"),
    scale: number(values.scale, "scale"),
    json: values.json,
  };
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0.`);
  return value;
}
