import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";

const state = z.object({ timers: z.number(), sockets: z.number(), heapMB: z.number() });
const figures = z.object({ before: state, after: state });

const logins = process.env["TEST_EXTENT"] === "full" ? "50" : "12";

test("many logins leave no timer, no socket and no memory behind", { timeout: 240_000 }, async () => {
  const script = fileURLToPath(new URL("leak.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, logins]);
  const { before, after } = figures.parse(JSON.parse(stdout));
  expect(after.timers).toBeLessThanOrEqual(before.timers);
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  expect(after.heapMB).toBeLessThan(before.heapMB * 1.1);
});
