import type { DataCentre } from "./hub.ts";

/**
 * The data centres of the sandbox, as many as Telegram has. Each has an address of its own, for clients tell them apart
 * by it; nothing listens there: the SOCKS front leads to where they really are.
 */
export const dataCentres: readonly DataCentre[] = [1, 2, 3, 4, 5].map((id) => ({
  id,
  host: `127.0.0.${id}`,
  port: 443,
}));

/** The IPv4 addresses that are built into clients, where one that knows nothing yet goes first. */
const realHosts: ReadonlyMap<string, number> = new Map([
  ...["149.154.175.50", "149.154.175.53", "149.154.175.54"].map(at(1)),
  ...["149.154.167.41", "149.154.167.50", "149.154.167.51"].map(at(2)),
  ...["149.154.175.100", "149.154.175.117"].map(at(3)),
  ...["149.154.167.91", "149.154.167.92"].map(at(4)),
  ...["91.108.56.100", "91.108.56.126", "91.108.56.130"].map(at(5)),
]);

function at(dc: number): (host: string) => [string, number] {
  return (host) => [host, dc];
}

const ports = new Set([80, 443, 5222]);

/** Leads the data centres' addresses, and those built into clients, to where they listen; nowhere else. */
export const routeTo =
  (portOf: (dc: number) => number | undefined, dcs: readonly DataCentre[] = dataCentres) =>
  (host: string, port: number): number | undefined => {
    const dc = realHosts.get(host) ?? dcs.find((known) => known.host === host)?.id;
    return dc === undefined || !ports.has(port) ? undefined : portOf(dc);
  };
