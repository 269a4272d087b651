const away = new WeakSet<Error>();

/** Whether this was thrown because the database could not be reached, gave no answer, or takes no writes for now. */
export function isDatabaseAway(thrown: unknown): boolean {
  return thrown instanceof Error && (away.has(thrown) || isDatabaseAway(thrown.cause));
}

/** Notes why no connection was to be had. Gives the error back. */
export function noteNoConnection<Failure>(failure: Failure): Failure {
  if (failure instanceof Error) away.add(failure);
  return failure;
}

/** Notes it where a statement failed with its connection, or because the server does not take it for now. */
export function noteFailed<Failure>(failure: Failure): Failure {
  if (failure instanceof Error && (isAnswer(failure) ? passing.test(String(failure.code)) : isOfConnection(failure)))
    away.add(failure);
  return failure;
}

/** What pg, its pool and we ourselves say of a connection that is over. */
const ofConnection =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout ex|The database has not answered)/;

/** Whether the system or a stream said so. What else is thrown, as for a value that cannot be written, is a bug. */
function isOfConnection(failure: Error): boolean {
  const code = "code" in failure ? String(failure.code) : "";
  return /^(?:ERR_(?:STREAM|SOCKET|SSL|TLS)_|E[A-Z]+$)/.test(code) || ofConnection.test(failure.message);
}

/**
 * Connection exceptions, too many connections, a server that shuts down or starts, and one that has become read-only: a
 * standby, or what a failover left behind.
 */
const passing = /^(?:08...|53300|57P0.|25006)$/;

/** Whether PostgreSQL itself said so: by the fields that its error messages have, and no error of the system. */
function isAnswer(failure: Error): failure is Error & { code: unknown; severity: unknown } {
  return "severity" in failure && "code" in failure;
}

/** Whether a connection that says so has to be replaced, with those beside it: another server may serve by now. */
export function isReadOnly(failure: unknown): boolean {
  return failure instanceof Error && "code" in failure && failure.code === "25006";
}
