import type { Report } from "../../run/report.ts";
import type { Stage } from "../../world/stage.ts";
import { openWorld } from "../../world/world.ts";
import { whileKilling } from "../killing.ts";
import { prepareEndings } from "./endings.ts";
import { flood, type Flood } from "./flood.ts";
import { forge } from "./forging.ts";
import { judgeEndings, judgeEvents, settle } from "./outcome.ts";

/** Events by the ten thousand while the processes that take them are killed; and then forged ones. */
export async function webhooks(stage: Stage, report: Report): Promise<void> {
  const { random, options } = stage;
  const wanted = Math.max(1000, Math.round(100_000 * options.scale));
  await using world = await openWorld(stage, { name: "webhooks", apis: 2, env: { WORKERS: "4" } });
  const endings = await prepareEndings(stage, world);
  const order = { random: random.branch("killing"), every: [1000, 4000] as const };
  const { killing, result: sum } = await whileKilling(world, order, () =>
    flood(stage, world, { wanted, random, among: endings.deliveries }),
  );
  await settle(stage, world);
  tellFlood(report, sum, killing.count);
  await judgeEvents(world, sum, report);
  await judgeEndings(world, endings, report);
  await forge(world, Math.max(200, Math.round(1000 * options.scale)), report);
}

function tellFlood(report: Report, sum: Flood, killed: number): void {
  report.exactly("deliveries taken", { value: sum.taken, wanted: sum.deliveries });
  report.tell("processes killed", killed);
  report.tell("deliveries per second", sum.deliveries / sum.seconds);
  report.tell("deliveries without an answer, sent again", sum.others.get(0) ?? 0);
  report.none(
    "answered with other than 2xx",
    [...sum.others].filter(([status]) => status !== 0),
  );
}
