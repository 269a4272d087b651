const windowMs = 60_000;

/**
 * Counts calls in windows of a minute, all beginning together: one look into a map a call, and nothing to clear away but
 * the whole. Gives the seconds to wait where a name has had its calls.
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
