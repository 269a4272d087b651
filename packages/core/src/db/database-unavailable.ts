const unavailable = new WeakSet<Error>();

/** Whether this was thrown because the database could not be reached, gave no answer, or takes no writes for now. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  return thrown instanceof Error && (unavailable.has(thrown) || isDatabaseUnavailable(thrown.cause));
}

/** Marks the error of a connection that could not be opened. Returns it. */
export function markConnectFailure<Failure>(failure: Failure): Failure {
  if (failure instanceof Error) unavailable.add(failure);
  return failure;
}

/** Marks the error of a statement if its connection failed, or if the server does not take it for now. Returns it. */
export function markQueryFailure<Failure>(failure: Failure): Failure {
  if (
    failure instanceof Error &&
    (isServerError(failure) ? transientCodes.test(String(failure.code)) : isConnectionError(failure))
  )
    unavailable.add(failure);
  return failure;
}

/** How the messages of pg, of its pool and of Patchbay about a lost connection begin. */
const connectionMessages =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout ex|The database has not answered)/;

/** Whether the error came from the system or a stream. Any other, as for a value that cannot be written, is a bug. */
function isConnectionError(failure: Error): boolean {
  const code = "code" in failure ? String(failure.code) : "";
  return /^(?:ERR_(?:STREAM|SOCKET|SSL|TLS)_|E[A-Z]+$)/.test(code) || connectionMessages.test(failure.message);
}

/**
 * Connection exceptions, too many connections, a server that shuts down or starts, and one that is read-only: a standby, or
 * the old primary after a failover.
 */
const transientCodes = /^(?:08...|53300|57P0.|25006)$/;

/** Whether the error came from PostgreSQL: its errors have these fields, and those of the system do not. */
function isServerError(failure: Error): failure is Error & { code: unknown; severity: unknown } {
  return "severity" in failure && "code" in failure;
}

/** Whether the server is read-only. All connections have to be replaced then: another server may be the primary by now. */
export function isReadOnlyError(failure: unknown): boolean {
  return failure instanceof Error && "code" in failure && failure.code === "25006";
}
