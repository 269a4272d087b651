import type { Duplex } from "node:stream";
import type { ClientBase } from "pg";

/** Watches connections, and destroys those that no longer answer. */
export interface SilenceWatch {
  /** Watches a connection from now on. It is destroyed if an answer is due for too long. */
  follow(client: ClientBase): void;
  /** Says whether a connection is idle in its pool. Idle ones are destroyed together with the first silent one. */
  setIdle(client: ClientBase, idle: boolean): void;
  /** Destroys the idle connections. The next statement opens a new one. */
  renew(): void;
  stop(): void;
}

type State = {
  /** The number of statements that wait for an answer. */
  pending: number;
  /** When the last answer came, or when the first of these statements was sent. */
  since: number;
  idle: boolean;
  listens: boolean;
};

const checkIntervalMs = 1_000;
/** A longer time between two checks is this process standing still, and does not count as silence. */
const maxMissedChecks = 2;
const endTimeoutMs = 5_000;

/**
 * Watches connections for silence. A proxy or a firewall may forget a connection without closing it; the
 * system's own probes do not notice if a proxy answers them. A connection that listens gets a query from time to time.
 * `failed` is called with the error of each failed statement, before the sender gets it.
 */
export function createSilenceWatch(patienceMs: number, failed: (failure: unknown) => void = () => {}): SilenceWatch {
  const states = new Map<ClientBase, State>();
  const everyMs = Math.min(checkIntervalMs, patienceMs);
  const clock = createRunningClock(everyMs * maxMissedChecks);
  const timer = setInterval(check, everyMs).unref();

  function check(): void {
    const now = clock.advance();
    const quiet = [...states].filter(([, { since }]) => now - since > patienceMs);
    const silent = quiet.filter(([, { pending }]) => pending > 0);
    for (const [client] of silent) destroyConnection(client, patienceMs);
    if (silent.length > 0) renew();
    else for (const [client, { listens }] of quiet) if (listens) client.query("select 1").catch(() => {});
  }

  function renew(): void {
    for (const [client, { idle }] of states) if (idle) removeFromPool(client);
  }

  return {
    renew,
    follow(client) {
      const state: State = { pending: 0, since: clock.now(), idle: false, listens: false };
      states.set(client, state);
      client.once("end", () => states.delete(client));
      trackQueries(client, state, { failed, now: clock.now });
      limitEnd(client);
    },
    setIdle(client, idle) {
      const state = states.get(client);
      if (state !== undefined) state.idle = idle;
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Measures the time in which this process ran. A process that was stopped, or got no processor, could not read the answers
 * that came meanwhile.
 */
function createRunningClock(mostMs: number) {
  let [ran, checkedAt] = [0, performance.now()];
  const now = (): number => ran + Math.min(performance.now() - checkedAt, mostMs);
  const advance = (): number => {
    ran = now();
    checkedAt = performance.now();
    return ran;
  };
  return { now, advance };
}

/** Ends an idle connection. The pool drops it at the error, before anybody gets it. */
function removeFromPool(client: ClientBase): void {
  client.emit("error", new Error("Another connection has fallen silent, or may only read."));
  getSocket(client).destroy();
}

function destroyConnection(client: ClientBase, patienceMs: number): void {
  getSocket(client).destroy(new Error(`The database has not answered for ${patienceMs / 1000} s.`));
}

type Query = (...given: unknown[]) => unknown;
type TrackingDeps = { failed: (failure: unknown) => void; now: () => number };

/** Counts the statements of a connection that wait for an answer, those with a callback and those with a promise. */
function trackQueries(client: ClientBase, state: State, { failed, now }: TrackingDeps): void {
  const query = client.query.bind(client) as Query;
  const settle = (failure?: unknown): void => {
    state.pending -= 1;
    state.since = now();
    if (failure) failed(failure);
  };
  const counted: Query = (...given) => {
    if (state.pending === 0) state.since = now();
    state.pending += 1;
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

/** Limits how long a connection waits for the answer to its end, which would keep this process alive. */
function limitEnd(client: ClientBase): void {
  const end = (client as unknown as { end: Query }).end.bind(client);
  const ending: Query = (...given) => {
    setTimeout(() => getSocket(client).destroy(), endTimeoutMs).unref();
    return end(...given);
  };
  Object.assign(client, { end: ending });
}

/** Gets the socket from pg's internals: pg itself can only end a connection and wait for the answer. */
export function getSocket(client: ClientBase): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream;
}
