import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { patchbayAsks } from "../contender/patchbay.ts";
import { createSend } from "../load/send.ts";
import { startPatchbay } from "../world/patchbays.ts";
import type { Stage } from "../world/stage.ts";

interface Plan {
  "Node Type": string;
  "Index Name"?: string;
  "Relation Name"?: string;
  Plans?: Plan[];
}

type People = { database: string; users: number };

/** How PostgreSQL answers C and D: it is told to write down its plans, and asked once. */
export async function plansOf(stage: Stage, { database, users }: People): Promise<string[]> {
  const settings = { session_preload_libraries: "auto_explain", "auto_explain.log_min_duration": "0" };
  for (const [name, value] of Object.entries({ ...settings, "auto_explain.log_format": "json" })) {
    await stage.database.run("postgres", `alter database ${database} set ${name} = '${value}'`);
  }
  await using program = await startPatchbay(stage, { database });
  const { send, close } = createSend(program.url, 1);
  const notes: string[] = [];
  for (const line of ["C", "D"] as const) {
    const before = readFileSync(stage.database.log, "utf8").length;
    // The plan that is kept for a named statement is made after a few runs of it.
    for (let nth = 0; nth < 8; nth += 1) await send(patchbayAsks(users)[line].request(nth * 7919));
    await sleep(200);
    notes.push(`${line}: ${planIn(readFileSync(stage.database.log, "utf8").slice(before), line)}`);
  }
  close();
  return notes;
}

/** The last plan in a log that reads connections. */
function planIn(log: string, line: string): string {
  const plans = [...log.matchAll(/plan:\n((?:\t.*\n?)+|\{[\s\S]*?\n\})/g)].map(([, text = ""]) => text);
  const plan = plans.findLast((text) => text.includes('"connection"') && !text.includes("unnest"));
  if (plan === undefined) return `no plan of ${line} was written down`;
  const { Plan: top } = JSON.parse(plan.replaceAll("\n\t", "\n")) as { Plan: Plan };
  return [...scans(top)].join(", ");
}

function* scans({ Plans = [], ...node }: Plan): Generator<string> {
  const { "Node Type": type, "Index Name": index, "Relation Name": relation } = node;
  if (relation !== undefined) yield `${type} of ${relation}${index === undefined ? "" : ` by ${index}`}`;
  for (const child of Plans) yield* scans(child);
}
