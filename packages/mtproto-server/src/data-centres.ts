/** A data centre, with the address that clients are told. */
export interface DataCentre {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/**
 * Five data centres, as many as Telegram has. Each has an address of its own, because clients tell data centres apart
 * by their addresses. Nothing listens at these addresses: the SOCKS5 proxy leads to the real ports.
 */
export const dataCentres: readonly DataCentre[] = [1, 2, 3, 4, 5].map((id) => ({
  id,
  host: `127.0.0.${id}`,
  port: 443,
}));

/** The IPv4 addresses that are built into clients. A client that knows no other goes there first. */
const builtInHosts: ReadonlyMap<string, number> = new Map([
  ...["149.154.175.50", "149.154.175.53", "149.154.175.54"].map(hostOfDataCentre(1)),
  ...["149.154.167.41", "149.154.167.50", "149.154.167.51"].map(hostOfDataCentre(2)),
  ...["149.154.175.100", "149.154.175.117"].map(hostOfDataCentre(3)),
  ...["149.154.167.91", "149.154.167.92"].map(hostOfDataCentre(4)),
  ...["91.108.56.100", "91.108.56.126", "91.108.56.130"].map(hostOfDataCentre(5)),
]);

function hostOfDataCentre(dc: number): (host: string) => [string, number] {
  return (host) => [host, dc];
}

const ports = new Set([80, 443, 5222]);

/** Creates the proxy's route: from the addresses of the data centres, and those built into clients, to the real ports. */
export const routeToDataCentre =
  (portOf: (dc: number) => number | undefined, dcs: readonly DataCentre[] = dataCentres) =>
  (host: string, port: number): number | undefined => {
    const dc = builtInHosts.get(host) ?? dcs.find((known) => known.host === host)?.id;
    return dc === undefined || !ports.has(port) ? undefined : portOf(dc);
  };
