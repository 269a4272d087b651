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

/** Seconds between two probes of a grant without refresh: six hours, spread by a sixth. */
const probeEverySeconds = 6 * 3600;

/** A token that lasts for less than this is refreshed when somebody asks for it. */
const minLifetimeSeconds = 10;
/** A job refreshes such a token no sooner than this. Otherwise it would refresh it again at once, for ever. */
const maintainShortEverySeconds = 60;

/**
 * Seconds until the next maintenance of a credential: 75 to 85 % of its access token's life; if the token has no end, the time
 * until the next probe. Spread, so that accounts that were connected together are not refreshed together. Undefined: never.
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
