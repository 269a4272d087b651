import type { ReceiptNote } from "./receipt.tsx";

/** The key of the receipts of the user who signed in here. Those of a connect session have its id as their key. */
const ownReceiptsKey = "receipts";

/** Stores the receipts that ask the user to do something. They stay with the tab, so that a reload shows them again. */
export function storeReceipts(notes: readonly ReceiptNote[], key = ownReceiptsKey): void {
  const asking = notes.filter(({ tone }) => tone === "act");
  try {
    if (asking.length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(asking));
  } catch {
    // The browser stores nothing: a reload loses the receipts.
  }
}

/** Loads the receipts that were stored before a reload. */
export function loadReceipts(key = ownReceiptsKey): readonly ReceiptNote[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return Array.isArray(stored) ? (stored as ReceiptNote[]) : [];
  } catch {
    return [];
  }
}
