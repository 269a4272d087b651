import { afterAll } from "vitest";
import { openWorld } from "../harness/open-world.ts";
import type { World } from "../harness/world.ts";
import { createCredentialProcess, type CredentialProcess, type ProcessOptions } from "./credential-process.ts";

/** Opens a world without background work, and the processes that use its credentials. They close after the file's last test. */
export async function openCredentialWorld(): Promise<{
  world: World;
  openProcess: (otherwise?: ProcessOptions) => CredentialProcess;
}> {
  const world = await openWorld({ env: { WORKERS: "0" } });
  const all = new AsyncDisposableStack();
  afterAll(() => all.disposeAsync());
  return { world, openProcess: (otherwise) => all.use(createCredentialProcess(world, otherwise)) };
}
