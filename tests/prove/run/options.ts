import { parseArgs } from "node:util";

export interface Options {
  full: boolean;
  only: string[];
  seed: number;
  /** Makes everything smaller, to try it. It then proves less. */
  scale: number;
  json: string | undefined;
}

export const usage = `pnpm prove: shows that connections stay alive while processes are killed. See docs/proof.md.

  --only <part>   runs one part; may be repeated
  --full          100 000 expiries in place of 10 000
  --seed <n>      makes the same random choices again
  --scale <x>     a part of everything, such as 0.1
  --json <file>   also writes the figures to a file`;

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
  if (strange !== undefined) throw new Error(`There is no part "${strange}". The parts are ${parts.join(", ")}.`);
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
