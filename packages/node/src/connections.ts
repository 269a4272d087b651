import type { Connection, ConnectionPage, LentSession, Receipt, Token } from "./answers.ts";
import { PatchbayError } from "./error.ts";
import { parseConnection, parseConnectionPage, parseLentSession, parseReceipt, parseToken } from "./parse.ts";
import { segment } from "./path.ts";
import type { Send } from "./request.ts";

/** Which connections to list: without filters, those of all users. A filter that is undefined or null is refused. */
export interface ConnectionFilters {
  /** The product's id of a user. */
  user?: string;
  tenant?: string;
  provider?: string;
  status?: Connection["status"];
  /** Tags that a connection has, with their values. */
  tags?: Readonly<Record<string, string>>;
  /** How many a page has. */
  limit?: number;
}

/** What can be changed of a connection. Null takes the product's own label away. */
export interface ConnectionChange {
  tags?: Readonly<Record<string, string>> | undefined;
  label?: string | null | undefined;
}

type Listing = ConnectionFilters & { cursor?: string };

/** Connections, and the credentials behind them. */
export function createConnections(send: Send) {
  const list = async (listing: Listing = {}): Promise<ConnectionPage> => {
    refuseEmptyFilters(listing);
    refuseEmptyFilters(listing.tags ?? {});
    return parseConnectionPage(await send({ method: "GET", path: "connections", query: buildQuery(listing) }));
  };
  const post = async (id: number, action: string, body?: unknown): Promise<unknown> =>
    await send({ method: "POST", path: `connections/${segment(id)}/${action}`, body });
  return {
    /** Gives one page of connections, the oldest first. Right: `read`. */
    list,
    /** Gives all connections, page by page: `for await (const connection of connections.listAll({ user }))`. Right: `read`. */
    async *listAll(filters: ConnectionFilters = {}): AsyncGenerator<Connection, void, void> {
      let cursor: string | null = null;
      do {
        const page = await list(cursor === null ? filters : { ...filters, cursor });
        yield* page.connections;
        cursor = page.nextCursor;
      } while (cursor !== null);
    },
    /** Gives one connection. Right: `read`. */
    async get(id: number): Promise<Connection> {
      return parseConnection(await send({ method: "GET", path: `connections/${segment(id)}` }));
    },
    /** Changes a connection's tags or label. Right: `manage`. */
    async update(id: number, change: ConnectionChange): Promise<Connection> {
      return parseConnection(await send({ method: "PATCH", path: `connections/${segment(id)}`, body: change }));
    },
    /** Disconnects: ends the access at the provider, and erases what is stored of it. Right: `manage`. */
    async delete(id: number): Promise<Receipt> {
      return parseReceipt(await send({ method: "DELETE", path: `connections/${segment(id)}` }));
    },
    /** Asks the provider now whether the connection works. Right: `read`. */
    async check(id: number): Promise<Connection> {
      return parseConnection(await post(id, "check"));
    },
    /** Lets a pending connection be used. Right: `connect`. */
    async approve(id: number): Promise<Connection> {
      return parseConnection(await post(id, "approve"));
    },
    /**
     * Gives a token that works, refreshed if necessary. Throws `needs_reconnect` if the user has to act: make a session with
     * `connection: id` then. Right: `token`.
     */
    async token(id: number): Promise<Token> {
      return parseToken(await post(id, "token"));
    },
    /**
     * Borrows a session that one program holds at a time. `lease`: the id of the lease to prolong. Throws `too_many_requests`
     * while another program has it. Right: `token`, with a key that names the provider.
     */
    async borrow(id: number, { lease }: { lease?: string } = {}): Promise<LentSession> {
      return parseLentSession(await post(id, "token", lease === undefined ? {} : { lease }));
    },
  };
}

function buildQuery({ tags = {}, ...filters }: Listing): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) query.set(name, String(value));
  for (const [name, value] of Object.entries(tags)) query.set(`tag.${name}`, value);
  return query;
}

/** Left out, such a filter would give the connections of everybody: the product of a visitor who is signed out has no user. */
function refuseEmptyFilters(filters: object): void {
  for (const [field, value] of Object.entries(filters)) {
    if (value !== undefined && value !== null) continue;
    const message = `The filter "${field}" is ${value}. Leave it out to list without it.`;
    throw new PatchbayError("invalid_request", message, { field });
  }
}
