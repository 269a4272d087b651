import type { Report } from "../../run/report.ts";
import { inParallel } from "../../world/http.ts";
import type { World } from "../../world/world.ts";
import { post, type Delivery } from "./delivering.ts";
import { kinds } from "./events.ts";
import { anywhere } from "./flood.ts";

type Forged = Delivery & { kind: string };

const hour = 3_600_000;
/** An order for forged certificates makes one webhook of each kind of them. */
const certificateKinds = 9;

/** Letters that are wrong in one thing each, among them some that were right an hour ago, or elsewhere. */
export async function forge(world: World, count: number, report: Report): Promise<void> {
  const each = Math.ceil(count / (kinds.flatMap(({ forgeries }) => forgeries).length + 4));
  const before = await stored(world);
  const forged = await forgedLetters(world, each);
  const taken: object[] = [];
  const statuses = new Map<string, number>();
  await inParallel(forged.entries(), 4, async ([nth, one]) => {
    const status = await post(world.apis[nth % world.apis.length]?.url ?? "", one);
    const what = `${one.provider}, ${one.kind}: ${status}`;
    statuses.set(what, (statuses.get(what) ?? 0) + 1);
    if (status !== 401) taken.push({ provider: one.provider, kind: one.kind, status, headers: one.webhook.headers });
  });
  report.tell("forged deliveries", forged.length);
  report.tell("kinds of them", statuses.size);
  report.none("answered with other than 401", taken);
  report.exactly("events stored by them", { value: (await stored(world)) - before, wanted: 0 });
}

async function forgedLetters({ control }: World, each: number): Promise<Forged[]> {
  const all: Forged[] = [];
  for (const { provider, usual, ends, forgeries, refusesOld } of kinds) {
    const order = { provider, event: ends ?? usual, to: anywhere };
    const put = async (kind: string, more: object) => {
      const webhooks = (await control.signWebhooks({ ...order, ...more })).requests;
      all.push(...webhooks.map((webhook) => ({ provider, webhook, kind })));
    };
    for (const forge of forgeries) {
      await put(forge, { forge, count: forge === "certificate" ? Math.ceil(each / certificateKinds) : each });
    }
    if (refusesOld) await put("an hour old", { at: Date.now() - hour, count: each });
  }
  const [one] = kinds;
  const strays = one
    ? (await control.signWebhooks({ provider: one.provider, event: one.usual, count: each, to: anywhere })).requests
    : [];
  all.push(...strays.map((webhook) => ({ provider: "calendly", webhook, kind: "another provider's" })));
  return all;
}

async function stored({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ count: number }>("select count(*)::int as count from webhook_event");
  return rows[0]?.count ?? 0;
}
