import type { Salts } from "./salts.ts";

/** What a client said of itself: invokeWithLayer and initConnection. */
export interface Introduction {
  readonly layer: number;
  readonly apiId: number;
  readonly device: { readonly model: string; readonly system: string; readonly app: string };
}

/** An authorization key of one data centre, with all that the server remembers by it. */
export interface AuthKey {
  /** Hex of the eight bytes that stand on the wire. */
  readonly id: string;
  readonly secret: Buffer;
  readonly dc: number;
  readonly salts: Salts;
  readonly sessions: Map<bigint, Session>;
  /** When a temporary key ends, in milliseconds. */
  readonly until: number | undefined;
  /** The permanent key that a temporary one was bound to. */
  permanent: AuthKey | undefined;
  introduction: Introduction | undefined;
}

/** A client's session: its messages in both directions, over however many connections. */
export interface Session {
  readonly id: bigint;
  readonly key: AuthKey;
  readonly received: Map<bigint, Receipt>;
  /** Still to be acknowledged, where no answer does it. */
  readonly acks: Set<bigint>;
  readonly drafts: Draft[];
  /** Answers to be said once more, as they were. */
  readonly again: Outgoing[];
  /** The connection that it last spoke on. */
  link: Link;
  /** Whether the client was told that the session is new. */
  isAnnounced: boolean;
  /** How many messages of content went out, which makes the sequence. */
  contents: number;
  lastMsgId: bigint;
  /** A session may ask to be told nothing of its own accord. */
  wantsUpdates: boolean;
  flush: NodeJS.Timeout | undefined;
}

/** A connection, as the layers above the transport see it. */
export interface Link {
  readonly dc: number;
  /** The client's own IP address. */
  readonly address: string;
  send(payload: Buffer): void;
  isOpen(): boolean;
  cut(): void;
  /** Cuts the connection unless this is asked again within so many seconds. */
  expectPing(seconds: number): void;
}

/** One message out of an envelope or a container. */
export interface Incoming {
  readonly msgId: bigint;
  readonly seqno: number;
  readonly body: Buffer;
}

/** One message on its way to the client. */
export interface Outgoing {
  readonly msgId: bigint;
  readonly seqno: number;
  readonly body: Buffer;
}

/** What became of a message that arrived. */
export interface Receipt {
  readonly seqno: number;
  state: "taken" | "working" | "answered" | "dropped";
  answer?: Outgoing;
}

/** What is to be said, before it has a number. */
export interface Draft {
  readonly body: Buffer;
  /** Content is acknowledged by the other side, and counted in the sequence. */
  readonly isContent: boolean;
  /** The message that this answers. */
  readonly answers?: bigint;
  /** Errors go last: some clients drop what stands behind one in a container. */
  readonly isError?: boolean;
}

/** The key that logins belong to. */
export const loginKey = (key: AuthKey): AuthKey => key.permanent ?? key;
