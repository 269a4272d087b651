import type { AuthKey, Incoming, Link, Receipt, Session } from "./peer.ts";

/** How many messages of a session are remembered. */
export const remembered = 500;

/** The session of that number, on the connection that it now speaks on. */
export function sessionOf(key: AuthKey, id: bigint, link: Link): Session {
  const session = key.sessions.get(id) ?? createSession(id, key, link);
  key.sessions.set(id, session);
  session.link = link;
  return session;
}

function createSession(id: bigint, key: AuthKey, link: Link): Session {
  const memory = { received: new Map<bigint, Receipt>(), acks: new Set<bigint>(), drafts: [], again: [] };
  const counters = { contents: 0, lastMsgId: 0n, flush: undefined };
  return { id, key, link, ...memory, ...counters, isAnnounced: false, wantsUpdates: true };
}

/** Remembers a message, and forgets those of long ago. */
export function note(session: Session, { msgId, seqno }: Incoming): Receipt {
  const receipt: Receipt = { seqno, state: "taken" };
  session.received.set(msgId, receipt);
  for (const oldest of session.received.keys()) {
    if (session.received.size <= remembered) break;
    session.received.delete(oldest);
  }
  return receipt;
}
