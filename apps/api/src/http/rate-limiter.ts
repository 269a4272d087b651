const windowMs = 60_000;

/**
 * Builds a limit of calls a minute for each name. It returns the seconds to wait, or undefined if the call is allowed. All
 * windows begin together, so a call costs one look into a map and nothing has to be removed one by one. `rate-limiter-flexible`
 * makes a promise for each call and a timer for each name: that is too much for the token request, and for a flood of addresses.
 */
export function createRateLimiter(perMinute: number, now: () => number = () => performance.now()) {
  const counts = new Map<string, number>();
  let ends = now() + windowMs;
  return (name: string): number | undefined => {
    const at = now();
    if (at >= ends) {
      counts.clear();
      ends = at + windowMs;
    }
    const count = (counts.get(name) ?? 0) + 1;
    if (count > perMinute) return Math.max(1, Math.ceil((ends - at) / 1000));
    counts.set(name, count);
    return undefined;
  };
}
