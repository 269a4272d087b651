import type { ServerClock } from "./clock.ts";
import type { DataCentre } from "./data-centres.ts";
import type { RpcHandler } from "./rpc.ts";
import type { MtprotoFaults } from "./faults.ts";
import type { AuthKeyStore } from "./auth-keys.ts";
import type { MessageQueue } from "./message-queue.ts";
import type { AuthKey, IncomingMessage, ClientConnection, MessageRecord, Session } from "./state.ts";
import type { RsaKey } from "./crypto/rsa.ts";
import type { TlSchemas } from "./tl/load-schemas.ts";

/** What all connections share. */
export interface ServerContext {
  readonly dcs: readonly DataCentre[];
  readonly schemas: TlSchemas;
  readonly keys: AuthKeyStore;
  readonly rsa: RsaKey;
  readonly handler: RpcHandler;
  readonly clock: ServerClock;
  readonly faults: MtprotoFaults;
  readonly queue: MessageQueue;
  readonly log: (line: string) => void;
  /** Forgets a key. A permanent key takes along the temporary keys that are bound to it. */
  destroyKey(key: AuthKey): void;
}

/** One message that arrived, with the connection and session that it came by. */
export interface ReceivedMessage {
  readonly server: ServerContext;
  readonly connection: ClientConnection;
  readonly session: Session;
  readonly message: IncomingMessage;
  readonly record: MessageRecord;
}
