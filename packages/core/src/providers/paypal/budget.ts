/** So many at once, and so many a minute. */
interface Allowance {
  burst: number;
  perMinute: number;
}

/**
 * Whether one more may be spent now, in milliseconds; then it is. Where little is left chance decides: who comes at regular
 * moments could otherwise take each one as it grows, and leave none to anybody else. A clock that goes back gives nothing.
 */
export function createBudget({ burst, perMinute }: Allowance, random = Math.random): (now: number) => boolean {
  let left = burst;
  let at = -Infinity;
  return (now) => {
    left = Math.min(burst, left + (Math.max(0, now - at) / 60_000) * perMinute);
    at = Math.max(at, now);
    if (left < 1 || random() > left / 2) return false;
    left -= 1;
    return true;
  };
}
