import type { RpcHandler } from "../rpc.ts";
import type { MtprotoFaults } from "./faults.ts";
import type { KeyRing } from "./keys.ts";
import type { Outbox } from "./outbox.ts";
import type { AuthKey, Incoming, Link, Receipt, Session } from "./peer.ts";
import type { RsaKey } from "./rsa.ts";
import type { Schemas } from "./tl/load.ts";

/** A data centre, by the address that clients are told of it. */
export interface DataCentre {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** What all connections have in common. */
export interface Hub {
  readonly dcs: readonly DataCentre[];
  readonly schemas: Schemas;
  readonly keys: KeyRing;
  readonly rsa: RsaKey;
  readonly handler: RpcHandler;
  readonly clock: { now(): number };
  readonly faults: MtprotoFaults;
  readonly outbox: Outbox;
  readonly log: (line: string) => void;
  /** Forgets a key; a permanent one takes along what was bound to it. */
  destroy(key: AuthKey): void;
}

/** One message that arrived, and where. */
export interface Arrival {
  readonly hub: Hub;
  readonly link: Link;
  readonly session: Session;
  readonly message: Incoming;
  readonly receipt: Receipt;
}
