import type { Count } from "@patchbay/core/db";

/** How many blobs lie under each key, column by column, as lines of a table. */
export function formatTable(counts: readonly Count[]): string[] {
  const rows = counts.map(({ table, column, sealedBy, rows }) => [
    formatKeyId(sealedBy),
    `${table}.${column}`,
    String(rows),
  ]);
  const cells = [["key", "column", "rows"], ...rows];
  const wide = [0, 1].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells.map((row) => row.map((text, at) => text.padEnd(wide[at] ?? 0)).join("  "));
}

/** What is under each key of the ring, the first of which seals, and under any other. */
export function describeKeys(counts: readonly Count[], ids: readonly string[]): string[] {
  const [sealing = "", ...others] = ids;
  const strange = counts.map(({ sealedBy }) => sealedBy).filter((id) => !ids.includes(id));
  return [
    `Under ${sealing}, which seals: ${countUnder(counts, sealing)}.`,
    ...others.map((id) => {
      const left = countUnder(counts, id);
      return left === 0 ? `Nothing is left under ${id}: the key ${id} may be removed.` : `Still under ${id}: ${left}.`;
    }),
    ...[...new Set(strange)].map(
      (id) => `Under ${formatKeyId(id)}, which ENCRYPTION_KEYS does not hold: ${countUnder(counts, id)}.`,
    ),
  ];
}

/** How many are under another key than this. */
export function countOutside(counts: readonly Count[], id: string): number {
  return sumRows(counts.filter(({ sealedBy }) => sealedBy !== id));
}

/** Adds counts. */
export function sumRows(counts: readonly Count[]): number {
  return counts.reduce((all, { rows }) => all + rows, 0);
}

function countUnder(counts: readonly Count[], id: string): number {
  return sumRows(counts.filter(({ sealedBy }) => sealedBy === id));
}

/** A damaged header may name anything; what is no id is not repeated. */
function formatKeyId(id: string): string {
  return /^[a-z0-9]{1,16}$/.test(id) ? id : "(no key id)";
}
