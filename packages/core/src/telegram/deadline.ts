import { ConnectError } from "../errors.ts";

/** The work's result, or `provider_unavailable` once the time is up. What is late is not stopped: close what it uses. */
export async function withDeadline<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ConnectError("provider_unavailable", `Telegram did not answer within ${milliseconds} ms`)),
    milliseconds,
  );
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
