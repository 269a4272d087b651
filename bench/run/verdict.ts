import { styleText } from "node:util";

/** Something that must hold, and whether it does. */
export interface Verdict {
  part: string;
  what: string;
  is: number;
  must: { least: number } | { most: number } | { exactly: number };
  /** What is hoped for beyond it. */
  reach?: number;
  unit?: string;
  /** Why it counts as held although the number says otherwise. */
  excuse?: string | undefined;
}

export function holds({ is, must, excuse }: Verdict): boolean {
  if (excuse !== undefined) return true;
  if ("exactly" in must) return is === must.exactly;
  return "least" in must ? is >= must.least : is <= must.most;
}

function reaches({ is, must, reach }: Verdict): boolean {
  if (reach === undefined) return false;
  return "least" in must ? is >= reach : is <= reach;
}

export function wordOf(verdict: Verdict): "MISS" | "reach" | "pass" {
  if (!holds(verdict)) return "MISS";
  return reaches(verdict) ? "reach" : "pass";
}

const colors = { MISS: "red", reach: "green", pass: "green" } as const;

export const colored = (word: keyof typeof colors): string => styleText(colors[word], word);

/** A verdict as the cells of a row. */
export function cells(verdict: Verdict): string[] {
  const { part, what, is, must, reach, unit = "", excuse } = verdict;
  const hoped = reach === undefined ? "" : String(reach);
  return [part, what, `${figure(is)}${unit}`, `${boundOf(must)}${unit}`, hoped, excuse ?? ""];
}

function boundOf(must: Verdict["must"]): string {
  if ("exactly" in must) return `= ${must.exactly}`;
  return "least" in must ? `≥ ${must.least}` : `≤ ${must.most}`;
}

export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
