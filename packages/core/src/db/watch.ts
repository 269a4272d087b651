import type { Duplex } from "node:stream";
import type { ClientBase } from "pg";

export interface Watch {
  /** From here on the connection is given up where it owes an answer for too long. */
  follow(client: ClientBase): void;
  /** Whether the connection lies idle in its pool: those are given up as soon as another one has fallen silent. */
  lies(client: ClientBase, idle: boolean): void;
  /** Gives up the connections that lie idle: the next statement opens its own. */
  renew(): void;
  stop(): void;
}

type State = {
  /** How many statements wait for their answer, and since when nothing has come. */
  owed: number;
  since: number;
  idle: boolean;
  listens: boolean;
};

const lookMs = 1_000;
const farewellMs = 5_000;

/**
 * Watches connections for silence. What stands between us and PostgreSQL may forget a connection without closing it; the
 * system's own probes do not see that where a proxy answers them. A connection that listens is asked from time to time.
 * `failed` is told of each statement that failed, before whoever sent it is.
 */
export function createWatch(patienceMs: number, failed: (failure: unknown) => void = () => {}): Watch {
  const states = new Map<ClientBase, State>();
  const timer = setInterval(look, Math.min(lookMs, patienceMs)).unref();

  function look(): void {
    const now = performance.now();
    const quiet = [...states].filter(([, { since }]) => now - since > patienceMs);
    for (const [client, { owed, listens }] of quiet) {
      if (owed > 0) giveUp(client, patienceMs);
      else if (listens) client.query("select 1").catch(() => {});
    }
    if (quiet.some(([, { owed }]) => owed > 0)) renew();
  }

  function renew(): void {
    for (const [client, { idle }] of states) if (idle) streamOf(client).destroy();
  }

  return {
    renew,
    follow(client) {
      const state: State = { owed: 0, since: performance.now(), idle: false, listens: false };
      states.set(client, state);
      client.once("end", () => states.delete(client));
      count(client, state, failed);
      endInTime(client);
    },
    lies(client, idle) {
      const state = states.get(client);
      if (state !== undefined) state.idle = idle;
    },
    stop: () => clearInterval(timer),
  };
}

function giveUp(client: ClientBase, patienceMs: number): void {
  streamOf(client).destroy(new Error(`The database has not answered for ${patienceMs / 1000} s.`));
}

type Query = (...given: unknown[]) => unknown;

/** Counts what the connection owes, for statements that are called back and for those that are promised. */
function count(client: ClientBase, state: State, failed: (failure: unknown) => void): void {
  const query = client.query.bind(client) as Query;
  const settle = (failure?: unknown): void => {
    state.owed -= 1;
    state.since = performance.now();
    if (failure) failed(failure);
  };
  const counted: Query = (...given) => {
    if (state.owed === 0) state.since = performance.now();
    state.owed += 1;
    if (typeof given[0] === "string" && /^\s*listen\b/i.test(given[0])) state.listens = true;
    const last = given.at(-1);
    if (typeof last !== "function") {
      const answer = query(...given);
      (answer as Promise<unknown>).then(() => settle(), settle);
      return answer;
    }
    return query(...given.slice(0, -1), (...answer: unknown[]) => {
      settle(answer[0]);
      (last as Query)(...answer);
    });
  };
  Object.assign(client, { query: counted });
}

/** A farewell that nobody answers would keep the connection, and with it this process. */
function endInTime(client: ClientBase): void {
  const end = (client as unknown as { end: Query }).end.bind(client);
  const ending: Query = (...given) => {
    setTimeout(() => streamOf(client).destroy(), farewellMs).unref();
    return end(...given);
  };
  Object.assign(client, { end: ending });
}

/** Of pg's own parts: what it offers itself only says good-bye, and waits for an answer. */
function streamOf(client: ClientBase): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream;
}
