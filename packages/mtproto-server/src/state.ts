import type { ServerSalts } from "./server-salts.ts";

/** What a client said about itself in invokeWithLayer and initConnection. */
export interface ClientInfo {
  readonly layer: number;
  readonly apiId: number;
  readonly device: { readonly model: string; readonly system: string; readonly app: string };
}

/** An authorization key of one data centre, with everything that the server remembers about it. */
export interface AuthKey {
  /** The eight bytes of the wire in hex. */
  readonly id: string;
  readonly secret: Buffer;
  readonly dc: number;
  readonly salts: ServerSalts;
  readonly sessions: Map<bigint, Session>;
  /** When a temporary key ends, in milliseconds. Undefined for a permanent key. */
  readonly expiresAtMs: number | undefined;
  /** The permanent key that a temporary key is bound to. */
  permanent: AuthKey | undefined;
  clientInfo: ClientInfo | undefined;
}

/** A client's session: its messages in both directions, over all its connections. */
export interface Session {
  readonly id: bigint;
  readonly key: AuthKey;
  readonly received: Map<bigint, MessageRecord>;
  /** Messages that are not acknowledged yet. An answer acknowledges its message too. */
  readonly pendingAcks: Set<bigint>;
  readonly drafts: DraftMessage[];
  /** Answers that are sent again, unchanged. */
  readonly resends: OutgoingMessage[];
  /** The connection that the client used last. */
  connection: ClientConnection;
  /** Whether the client was told that the session is new. */
  isAnnounced: boolean;
  /** How many content messages were sent. The sequence numbers follow from it. */
  contentCount: number;
  lastMsgId: bigint;
  /** False if the client asked for no updates. */
  wantsUpdates: boolean;
  flushTimer: NodeJS.Timeout | undefined;
}

/** A connection above the transport. */
export interface ClientConnection {
  readonly dc: number;
  /** The client's IP address. */
  readonly address: string;
  send(payload: Buffer): void;
  isOpen(): boolean;
  drop(): void;
  /** Closes the connection unless this is called again within this time. */
  expectPing(seconds: number): void;
}

/** One message out of an encrypted message or a container. */
export interface IncomingMessage {
  readonly msgId: bigint;
  readonly seqno: number;
  readonly body: Buffer;
}

/** One message to the client. */
export interface OutgoingMessage {
  readonly msgId: bigint;
  readonly seqno: number;
  readonly body: Buffer;
}

/** What the server did with a message that arrived. */
export interface MessageRecord {
  readonly seqno: number;
  state: "taken" | "working" | "answered" | "dropped";
  answer?: OutgoingMessage;
}

/** A message to the client that has no id yet. */
export interface DraftMessage {
  readonly body: Buffer;
  /** The client acknowledges content, and content counts in the sequence. */
  readonly isContent: boolean;
  /** The message that this answers. */
  readonly answers?: bigint;
  /** Errors go last, because some clients drop the messages after an error in a container. */
  readonly isError?: boolean;
}

/** Returns the key that logins belong to. */
export const getLoginKey = (key: AuthKey): AuthKey => key.permanent ?? key;
