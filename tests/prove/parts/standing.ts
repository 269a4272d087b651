import type { Connected } from "../world/grants.ts";
import { inParallel } from "../world/http.ts";
import type { World } from "../world/world.ts";

/** How a connection ended up: what we say of it, and what its provider does. */
export interface Standing {
  provider: string;
  strict: boolean;
  credential: string;
  connection: number;
  person: string;
  version: number;
  status: string;
  reason: string | null;
  /** Whether the refresh token that we keep still refreshes there. */
  alive: boolean;
}

type Row = Pick<Standing, "version" | "status" | "reason"> & { id: string; provider: string; secret: Buffer };

/** Tries every refresh token that is kept. Afterwards none of them is good for anything: it is the last thing to do. */
export async function tryAll(
  world: Pick<World, "pool" | "seals">,
  connections: readonly Connected[],
): Promise<Standing[]> {
  const { rows } = await world.pool.query<Row>("select id, provider, version, status, reason, secret from credential");
  const byId = new Map(rows.map((row) => [row.id, row]));
  const standings: Standing[] = [];
  await inParallel(connections, 16, async ({ credential, connection, provider, grant }) => {
    const row = byId.get(credential);
    if (row === undefined) throw new Error(`the credential ${credential} is gone`);
    const { status } = await provider.refresh(world.seals.openCredentials(row.secret, row));
    standings.push({
      provider: provider.id,
      strict: provider.strict,
      credential,
      connection,
      person: grant.person,
      version: row.version,
      status: row.status,
      reason: row.reason,
      alive: status === 200,
    });
  });
  return standings;
}
