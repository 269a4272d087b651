import type { AuthKey, IncomingMessage, ClientConnection, MessageRecord, Session } from "./state.ts";

/** How many messages of a session are remembered. */
export const maxRememberedMessages = 500;

/** Returns the session with this id, moved to the connection that it now speaks on. */
export function getOrCreateSession(key: AuthKey, id: bigint, connection: ClientConnection): Session {
  const session = key.sessions.get(id) ?? createSession(id, key, connection);
  key.sessions.set(id, session);
  session.connection = connection;
  return session;
}

function createSession(id: bigint, key: AuthKey, connection: ClientConnection): Session {
  const memory = {
    received: new Map<bigint, MessageRecord>(),
    pendingAcks: new Set<bigint>(),
    drafts: [],
    resends: [],
  };
  const counters = { contentCount: 0, lastMsgId: 0n, flushTimer: undefined };
  return { id, key, connection, ...memory, ...counters, isAnnounced: false, wantsUpdates: true };
}

/** Remembers a message and forgets the oldest ones. */
export function recordMessage(session: Session, { msgId, seqno }: IncomingMessage): MessageRecord {
  const record: MessageRecord = { seqno, state: "taken" };
  session.received.set(msgId, record);
  for (const oldest of session.received.keys()) {
    if (session.received.size <= maxRememberedMessages) break;
    session.received.delete(oldest);
  }
  return record;
}
