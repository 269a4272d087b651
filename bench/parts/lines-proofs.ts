import { setTimeout as sleep } from "node:timers/promises";
import { paypalWalk, webhook } from "../contender/patchbay.ts";
import { createSend } from "../load/send.ts";
import { wholeOf } from "../run/measure.ts";
import type { Verdict } from "../run/verdict.ts";
import type { Stage, Standing } from "../world/stage.ts";

const times = 50;

/** PayPal's return finishes at once, so a connect there is one request less. */
export async function countPaypal({ database, provider, people, numbers }: Stage, own: Standing): Promise<Verdict[]> {
  const { send, close } = createSend(own.program.url, 1);
  const walk = paypalWalk(people.users);
  const first = numbers(times + 1);
  await walk(first, send);
  await database.count(true);
  await sleep(300);
  const [before, calls] = [await database.statements(own.database), await provider.counts()];
  for (let nth = 1; nth <= times; nth += 1) await walk(first + nth, send);
  const [after, called] = [await database.statements(own.database), await provider.counts()];
  await database.count(false);
  close();
  const upstream = called.token + called.identity - calls.token - calls.identity;
  return [
    { part: "B", what: "statements at PayPal", is: wholeOf((after - before) / times), must: { exactly: 3 } },
    { part: "B", what: "calls to PayPal", is: upstream / times, must: { most: 2 } },
  ];
}

/** Each event three times, at the same moment. */
export async function repeatEvents({ database, numbers }: Stage, all: Standing[]): Promise<Verdict> {
  const own = all.find(({ name, asks }) => name === "Patchbay" && asks.F !== undefined);
  if (own === undefined) throw new Error("Patchbay does not run");
  const { send, close } = createSend(own.program.url, 30);
  const rows = async () =>
    Number((await database.run(own.database, "select count(*) from webhook_event"))[0]?.["count"]);
  const before = await rows();
  const first = numbers(times);
  const events = Array.from({ length: times }, (_, nth) => webhook(first + nth));
  await Promise.all([...events, ...events, ...events].map((event) => send(event)));
  const stored = (await rows()) - before;
  close();
  return {
    part: "F",
    what: "rows beyond one for each of events sent three times",
    is: Math.abs(stored - times),
    must: { most: 0 },
  };
}
