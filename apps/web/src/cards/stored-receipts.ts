import type { ReceiptNote } from "./receipt.tsx";

const receiptsKey = "receipts";

/** Stores the receipts that ask the user to do something. They stay with the tab, so that a reload shows them again. */
export function storeReceipts(notes: readonly ReceiptNote[]): void {
  const asking = notes.filter(({ tone }) => tone === "act");
  try {
    if (asking.length === 0) sessionStorage.removeItem(receiptsKey);
    else sessionStorage.setItem(receiptsKey, JSON.stringify(asking));
  } catch {
    // The browser stores nothing: a reload loses the receipts.
  }
}

/** Loads the receipts that were stored before a reload. */
export function loadReceipts(): readonly ReceiptNote[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(receiptsKey) ?? "[]");
    return Array.isArray(stored) ? (stored as ReceiptNote[]) : [];
  } catch {
    return [];
  }
}
