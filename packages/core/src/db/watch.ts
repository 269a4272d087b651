import type { Duplex } from "node:stream";
import type { ClientBase } from "pg";

/** Watches connections and gives up those that fall silent. */
export interface SilenceWatch {
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
/** The most that a look counts since the one before, in looks: what is longer, this process itself stood still. */
const mostLooks = 2;
const farewellMs = 5_000;

/**
 * Watches connections for silence. What stands between us and PostgreSQL may forget a connection without closing it; the
 * system's own probes do not see that where a proxy answers them. A connection that listens is asked from time to time.
 * `failed` is told of each statement that failed, before whoever sent it is.
 */
export function createWatch(patienceMs: number, failed: (failure: unknown) => void = () => {}): SilenceWatch {
  const states = new Map<ClientBase, State>();
  const everyMs = Math.min(lookMs, patienceMs);
  const clock = createClock(everyMs * mostLooks);
  const timer = setInterval(look, everyMs).unref();

  function look(): void {
    const now = clock.look();
    const quiet = [...states].filter(([, { since }]) => now - since > patienceMs);
    const silent = quiet.filter(([, { owed }]) => owed > 0);
    for (const [client] of silent) giveUp(client, patienceMs);
    if (silent.length > 0) renew();
    else for (const [client, { listens }] of quiet) if (listens) client.query("select 1").catch(() => {});
  }

  function renew(): void {
    for (const [client, { idle }] of states) if (idle) discard(client);
  }

  return {
    renew,
    follow(client) {
      const state: State = { owed: 0, since: clock.now(), idle: false, listens: false };
      states.set(client, state);
      client.once("end", () => states.delete(client));
      count(client, state, { failed, now: clock.now });
      endInTime(client);
    },
    lies(client, idle) {
      const state = states.get(client);
      if (state !== undefined) state.idle = idle;
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Time in which this process ran. What was stopped, or had no processor, has not read the answers that came meanwhile: that
 * is nobody's silence.
 */
function createClock(mostMs: number) {
  let [ran, looked] = [0, performance.now()];
  const now = (): number => ran + Math.min(performance.now() - looked, mostMs);
  const look = (): number => {
    ran = now();
    looked = performance.now();
    return ran;
  };
  return { now, look };
}

/** Takes a connection out of its pool, which listens to those that lie idle, before it ends: nobody is handed it meanwhile. */
function discard(client: ClientBase): void {
  client.emit("error", new Error("Another connection has fallen silent, or may only read."));
  streamOf(client).destroy();
}

function giveUp(client: ClientBase, patienceMs: number): void {
  streamOf(client).destroy(new Error(`The database has not answered for ${patienceMs / 1000} s.`));
}

type Query = (...given: unknown[]) => unknown;
type Counting = { failed: (failure: unknown) => void; now: () => number };

/** Counts what the connection owes, for statements that are called back and for those that are promised. */
function count(client: ClientBase, state: State, { failed, now }: Counting): void {
  const query = client.query.bind(client) as Query;
  const settle = (failure?: unknown): void => {
    state.owed -= 1;
    state.since = now();
    if (failure) failed(failure);
  };
  const counted: Query = (...given) => {
    if (state.owed === 0) state.since = now();
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
export function streamOf(client: ClientBase): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream;
}
