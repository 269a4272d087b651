/** What the server can be made to do wrong. The method "*" means any method. */
export type MtprotoFault =
  /** The server closes the connection before the work, or after it instead of answering. */
  | { readonly kind: "drop"; readonly method: string; readonly when: "before" | "after" }
  /** The server never answers the method. */
  | { readonly kind: "silence"; readonly method: string }
  /** The server answers the method with an rpc_error and does no work. */
  | { readonly kind: "error"; readonly method: string; readonly code: number; readonly message: string }
  /** The transport refuses the message with this code: 404 says that the key is unknown. */
  | { readonly kind: "transport"; readonly method: string; readonly code: number }
  /** The key exchange ends with a wrong hash, with dh_gen_retry or with dh_gen_fail. */
  | { readonly kind: "nonce_hash" | "dh_retry" | "dh_fail" }
  /** The server does not answer a ping. */
  | { readonly kind: "ping" };

/** The failures that were ordered and have not all happened yet. */
export interface MtprotoFaults {
  /** Orders a failure. `Infinity` repeats it until `clear`. */
  add(fault: MtprotoFault, times?: number): void;
  take(kind: MtprotoFault["kind"]): boolean;
  /** Takes the next failure of a method. */
  takeFor(method: string): (MtprotoFault & { method: string }) | undefined;
  pending(): readonly MtprotoFault[];
  clear(): void;
}

/** Creates an empty list of ordered failures. */
export function createMtprotoFaults(): MtprotoFaults {
  let ordered: { fault: MtprotoFault; times: number }[] = [];

  function spend(isMeant: (fault: MtprotoFault) => boolean): MtprotoFault | undefined {
    const found = ordered.find(({ fault }) => isMeant(fault));
    if (found) found.times -= 1;
    ordered = ordered.filter(({ times }) => times > 0);
    return found?.fault;
  }

  return {
    add: (fault, times = 1) => {
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
