import type { Completion, ConnectSession, CreatedSession } from "./answers.ts";
import { parseCompletion, parseCreatedSession, parseSession } from "./parse.ts";
import { segment } from "./path.ts";
import type { Send } from "./request.ts";

/** For whom a connect session is, and what may be connected in it. */
export interface SessionRequest {
  /** The product's user, by the product's own id. Name and e-mail address are what they see of themselves. */
  user: { id: string; name?: string | undefined; email?: string | undefined };
  /** The product's own customer, where it has such. */
  tenant?: { id: string; name?: string | undefined } | undefined;
  /** Default: all that the service key sees. */
  providers?: readonly string[] | undefined;
  /** The connection to reconnect in place. The user has to choose the same account. */
  connection?: number | undefined;
  /** What to ask for in place of what Patchbay is configured to ask for, by provider. */
  scopes?: Readonly<Record<string, readonly string[]>> | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  /** Where the user comes back to. Without it, the connection waits for `connections.approve`. */
  returnUrl?: string | undefined;
  /** The user's language, such as `de`. It is stored, and changes nothing yet: Patchbay's page is in English. */
  /** The provider that the link goes straight on to, such as "zoom". Without it, the user chooses on Patchbay's page. */
  goTo?: string | undefined;
  locale?: string | undefined;
  /** How long the link works, in seconds: 60 to 86 400, 1800 by default. */
  expiresIn?: number | undefined;
}

/** What the browser brought back to `returnUrl`, and who is signed in there. */
export interface CompletionRequest {
  connectCode: string;
  /** The id of the user who is signed in at the product in this browser, never one that the browser names. */
  user: string;
}

/** Connect sessions. */
export function createSessions(send: Send) {
  return {
    /**
     * Makes a link for a user. The same `idempotencyKey` gives the same session for 24 hours; without one, each call makes a
     * session of its own. Right: `connect`.
     */
    async create(
      { goTo, ...request }: SessionRequest,
      { idempotencyKey = crypto.randomUUID() }: { idempotencyKey?: string } = {},
    ): Promise<CreatedSession> {
      const session = parseCreatedSession(
        await send({ method: "POST", path: "connect/sessions", body: request, idempotencyKey }),
      );
      return goTo === undefined ? session : { ...session, url: addProvider(session.url, goTo) };
    },
    /** Tells how a session stands. Right: `connect`. */
    async get(id: string): Promise<ConnectSession> {
      return parseSession(await send({ method: "GET", path: `connect/sessions/${segment(id)}` }));
    },
    /** Ends a session: its link opens no more, and what it has begun is not completed. Right: `connect`. */
    async cancel(id: string): Promise<ConnectSession> {
      return parseSession(await send({ method: "DELETE", path: `connect/sessions/${segment(id)}` }));
    },
    /**
     * Connects the account, if the user who came back is the one whom the session is for. Throws `user_mismatch` if it is
     * not: then nothing was connected. The same values give the same answer again. Right: `connect`.
     */
    async complete(id: string, request: CompletionRequest): Promise<Completion> {
      const path = `connect/sessions/${segment(id)}/complete`;
      return parseCompletion(await send({ method: "POST", path, body: request, isRepeatable: true }));
    },
  };
}

/** Names a provider in a link, in front of its fragment. */
function addProvider(url: string, provider: string): string {
  const link = new URL(url);
  link.searchParams.set("provider", provider);
  return link.href;
}
