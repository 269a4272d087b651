import type { Slip } from "./receipt.tsx";

/** Receipts that ask the user to do something: kept with the tab until they are dismissed, so that a reload shows them. */
const KEY = "receipts";

export function keepSlips(slips: readonly Slip[]): void {
  const asking = slips.filter(({ tone }) => tone === "act");
  try {
    if (asking.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(asking));
  } catch {
    // A browser without a store: they are gone with the page then.
  }
}

export function keptSlips(): readonly Slip[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? (kept as Slip[]) : [];
  } catch {
    return [];
  }
}
