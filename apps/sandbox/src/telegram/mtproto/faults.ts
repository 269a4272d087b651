/** What the server can be told to do wrong; a method of "*" is any method. */
export type MtprotoFault =
  /** The socket is cut before the work, or after it instead of answering. */
  | { readonly kind: "drop"; readonly method: string; readonly when: "before" | "after" }
  /** The method is never answered. */
  | { readonly kind: "silence"; readonly method: string }
  /** The method answers an rpc_error instead of doing anything. */
  | { readonly kind: "error"; readonly method: string; readonly code: number; readonly message: string }
  /** The transport refuses the message, with 404 as if its key were unknown. */
  | { readonly kind: "transport"; readonly method: string; readonly code: number }
  /** The key exchange ends with a wrong hash, with dh_gen_retry, with dh_gen_fail. */
  | { readonly kind: "nonce_hash" | "dh_retry" | "dh_fail" }
  /** A ping is not answered. */
  | { readonly kind: "ping" };

/** The failures that were ordered and that have not all happened yet. */
export interface MtprotoFaults {
  /** Infinity goes on until it is cleared. */
  order(fault: MtprotoFault, times?: number): void;
  take(kind: MtprotoFault["kind"]): boolean;
  /** The next failure that is meant for a call of this method. */
  takeFor(method: string): (MtprotoFault & { method: string }) | undefined;
  pending(): readonly MtprotoFault[];
  clear(): void;
}

export function createMtprotoFaults(): MtprotoFaults {
  let ordered: { fault: MtprotoFault; times: number }[] = [];

  function spend(isMeant: (fault: MtprotoFault) => boolean): MtprotoFault | undefined {
    const found = ordered.find(({ fault }) => isMeant(fault));
    if (found) found.times -= 1;
    ordered = ordered.filter(({ times }) => times > 0);
    return found?.fault;
  }

  return {
    order: (fault, times = 1) => {
      ordered.push({ fault, times });
    },
    take: (kind) => spend((fault) => fault.kind === kind) !== undefined,
    takeFor: (method) => {
      const fault = spend((fault) => "method" in fault && (fault.method === "*" || fault.method === method));
      return fault && "method" in fault ? fault : undefined;
    },
    pending: () => ordered.map(({ fault }) => fault),
    clear: () => {
      ordered = [];
    },
  };
}
