/**
 * Logs in again and again in one process and prints what stays behind: `node --expose-gc leak.ts [logins]`.
 * The sandbox has a thread of its own, and with it a heap that does not count here.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createWorld, people, sandboxInThread, walk } from "./world.ts";

const logins = Number(process.argv[2] ?? 200);
const { lena } = people;

function measure() {
  globalThis.gc?.();
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((resource) => resource === name).length;
  const { heapUsed, rss } = process.memoryUsage();
  return { timers: count("Timeout"), sockets: count("TCPSocketWrap"), heapMB: mb(heapUsed), rssMB: mb(rss) };
}

const mb = (bytes: number) => Math.round(bytes / 104_857.6) / 10;

const world = await createWorld(await sandboxInThread());
await world.control.changeProvider({ provider: "telegram", codesPerPhone: 1_000_000 });
const gateway = world.gateway();
const provider = world.provider();

async function login(): Promise<void> {
  const step = await provider.begin(walk, { phone: lena.phone });
  if (step.type !== "ask") throw new Error(step.type);
  const connected = await provider.resume(walk, step.providerState, { code: await world.code(lena.phone) });
  if (connected.type !== "connected") throw new Error(connected.type);
  await gateway.logOut(connected.grant.credentials.metadata["session"] ?? "");
}

async function settled() {
  await world.control.reset();
  await world.control.changeProvider({ provider: "telegram", codesPerPhone: 1_000_000 });
  await sleep(300);
  return measure();
}

for (let warm = 0; warm < 10; warm += 1) await login();
const before = await settled();
const began = performance.now();
for (let count = 0; count < logins; count += 1) await login();
const msPerLogin = Math.round((performance.now() - began) / logins);
const after = await settled();
process.stdout.write(`${JSON.stringify({ logins, msPerLogin, before, after })}\n`);
await world.sandbox.close();
