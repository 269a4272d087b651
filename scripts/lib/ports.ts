import { isFree } from "../../packages/postgres/src/index.ts";

/** Ports by the names of their variables. */
export type Ports = Record<string, number>;

/** The ports of this run: the defaults, unless a variable of that name says another. */
export function readPorts<Name extends string>(
  defaults: Record<Name, number>,
  env: NodeJS.ProcessEnv,
): Record<Name, number> {
  const entries = Object.entries<number>(defaults).map(
    ([name, port]) => [name, readPort(name, env[name], port)] as const,
  );
  const taken = new Map<number, string>();
  for (const [name, port] of entries) {
    const other = taken.get(port);
    if (other !== undefined) throw new Error(`${name} and ${other} are both ${port}. Give one of them another port.`);
    taken.set(port, name);
  }
  return Object.fromEntries(entries) as Record<Name, number>;
}

function readPort(name: string, text: string | undefined, defaultPort: number): number {
  if (text === undefined || text === "") return defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${name} is "${text}", which is not a port. A port is a number from 1 to 65535.`);
}

/** Throws an error that names every port in use. */
export async function requireFreePorts(ports: Ports): Promise<void> {
  const busy: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isFree(port)))
      busy.push(`Port ${port} is in use. Set ${name} to another one, for example ${name}=${port + 10}.`);
  }
  if (busy.length > 0) throw new Error(busy.join("\n"));
}
