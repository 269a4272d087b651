import { join } from "node:path";
import { freePort } from "@patchbay/postgres";
import { patchbayEnv, patchbayScript, type Setting } from "./patchbay.ts";
import { startProgram, type Program } from "./program.ts";
import type { Stage } from "./stage.ts";

type Order = Pick<Setting, "providerUrl"> & { database: string; count: number };

/** Starts one process of Patchbay on a database that is there. */
export async function startPatchbay(stage: Stage, order: Omit<Order, "count">): Promise<Program> {
  const [program] = await startPatchbays(stage, { ...order, count: 1 });
  if (program === undefined) throw new Error("nothing was started");
  return program;
}

/** Starts processes of Patchbay beside one another: all, or none. */
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
  const starts = await Promise.allSettled(ports.map(start));
  const started = starts.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = starts.find((one) => one.status === "rejected");
  if (failed === undefined) return started;
  await stopAll(started);
  throw failed.reason;
}

export async function stopAll(programs: readonly Program[]): Promise<void> {
  await Promise.all(programs.map((program) => program.stop()));
}
