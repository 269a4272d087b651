import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { endpoints, people } from "../src/people.ts";
import { bench } from "./harness.ts";

const sandbox = bench({}, { telegramPort: 0 });

test("the table of people holds those whom the control API lists", async () => {
  const listed = (await sandbox.read("people")) as Record<string, { person: string }[]>;
  const ids = Object.fromEntries(Object.entries(listed).map(([id, all]) => [id, all.map(({ person }) => person)]));
  expect(ids).toEqual(Object.fromEntries(Object.entries(people).map(([id, all]) => [id, Object.keys(all)])));
  for (const all of Object.values(people)) for (const [id, { person }] of Object.entries(all)) expect(person).toBe(id);
});

test.each(Object.entries(endpoints))("the endpoints of %s are answered by that provider", async (provider, places) => {
  for (const { host, path } of Object.values(places)) await sandbox.form(`/${host}${path}`, {});
  const { calls } = (await sandbox.read("calls")) as { calls: { provider: string }[] };
  expect(calls.map((call) => call.provider)).toEqual([provider, provider, provider]);
});

test("importing the people loads no code that plays a provider, and no server", async () => {
  const program = `
    import { registerHooks } from "node:module";
    registerHooks({ load: (url, context, next) => { console.log(url); return next(url, context); } });
    await import("@patchbay/sandbox/people");`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(import.meta.dirname, "..") });
  expect(stdout).toContain("/providers/registry.ts");
  expect(stdout).not.toMatch(/\/providers\/\w+\/provider\.ts|\/node_modules\/(express|graphql|@peculiar)\//);
});
