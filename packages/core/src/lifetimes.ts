import type { Credentials, Provider } from "./provider.ts";

/**
 * How many seconds the tokens last from now on. The database turns them into moments by its own clock, so that processes
 * whose clocks differ agree on when a token ends.
 */
export function measureLifetimes({ expiresAt, refreshExpiresAt }: Credentials) {
  return { expiresInSeconds: secondsUntil(expiresAt), refreshExpiresInSeconds: secondsUntil(refreshExpiresAt) };
}

function secondsUntil(moment: Date | undefined): number | undefined {
  return moment && Math.max(0, (moment.getTime() - Date.now()) / 1000);
}

/** Seconds between two questions whether a grant lives, where nothing is renewed: six hours, spread by a sixth. */
const probeEverySeconds = 6 * 3600;

/** A token that ends within so many seconds, or counts as ending now, is renewed for whoever asks for it. */
const minLifetimeSeconds = 10;
/** A job looks after such a one no sooner than this: it would renew it again at once, for ever. */
const maintainShortEverySeconds = 60;

/**
 * In how many seconds a credential wants looking after: at 75 to 85 % of its access token's life; where it has no end,
 * when it is to be asked for next. Spread, so that what was connected together is not renewed together.
 */
export function maintenanceDelaySeconds(
  provider: Provider,
  expiresInSeconds: number | undefined,
  random = Math.random(),
): number | undefined {
  if (provider.refresh && expiresInSeconds !== undefined)
    return expiresInSeconds < minLifetimeSeconds ? maintainShortEverySeconds : expiresInSeconds * (0.75 + random / 10);
  return provider.probe && probeEverySeconds * (5 / 6 + random / 3);
}
