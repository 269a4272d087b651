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
