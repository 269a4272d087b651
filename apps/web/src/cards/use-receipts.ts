import { useEffect, useState } from "react";
import { focusCard } from "./card-id.ts";
import type { ReceiptNote } from "./receipt.tsx";
import { loadReceipts, storeReceipts } from "./stored-receipts.ts";

/** Holds the receipts of disconnected accounts until the user dismisses them. */
export function useReceipts(key?: string) {
  const [receipts, setReceipts] = useState(() => loadReceipts(key));
  useEffect(() => storeReceipts(receipts, key), [receipts, key]);
  return {
    receipts,
    addReceipt: (note: ReceiptNote): void => setReceipts((now) => [...now, note]),
    dismissReceipt: (note: ReceiptNote): void => {
      setReceipts((now) => now.filter((other) => other !== note));
      focusCard(note.provider);
    },
  };
}
