import { join } from "node:path";
import { patchbayEnv, patchbayScript, type Setting } from "./patchbay.ts";
import { freePort, startProgram, type Program } from "./program.ts";
import type { Stage } from "./stage.ts";

type Order = Pick<Setting, "providerUrl"> & { database: string; count: number };

/** Starts processes of Patchbay beside one another, on a database that is there. */
export async function startPatchbays(stage: Stage, { database, count, ...rest }: Order): Promise<Program[]> {
  const ports: number[] = [];
  for (let nth = 0; nth < count; nth += 1) ports.push(await freePort());
  const env = patchbayEnv({
    databaseUrl: stage.database.url(database),
    publicUrl: `http://127.0.0.1:${ports[0]}`,
    ...rest,
  });
  const start = (port: number) => {
    const log = join(stage.folder, `${database}-${port}.log`);
    return startProgram({ name: "Patchbay", script: patchbayScript, ready: "/readyz", env, port, log });
  };
  return await Promise.all(ports.map(start));
}
