import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@patchbay/postgres";
import type { Line } from "../contender/contender.ts";
import { patchbayAsks, zoomWalk } from "../contender/patchbay.ts";
import { fire } from "../load/cannon.ts";
import { walkAround } from "../load/walks.ts";
import { table } from "../run/table.ts";
import { patchbayEnv, patchbayScript } from "../world/patchbay.ts";
import { startProgram } from "../world/program.ts";
import type { Stage } from "../world/stage.ts";
import type { Outcome, Part } from "./part.ts";

const shown = 30;

/** Where the time of Patchbay's process goes, line by line. Not among the usual parts: whoever measures, slows down. */
export const profile: Part = async (stage, { lines, seconds }) => {
  const outcome: Outcome = { measures: [], verdicts: [], notes: [] };
  const database = "profiled";
  await stage.database.createDatabase(database, stage.people.template);
  for (const line of ["A", "B", "C", "D", "F"] as const) {
    if (!lines.includes(line)) continue;
    const rows = await profileLine(stage, { line, database, seconds });
    stage.say(`\n${line}, self time of Patchbay's process:\n${table(["%", "function", "where"], rows).join("\n")}`);
  }
  return outcome;
};

type Run = { line: Line; database: string; seconds: number };

async function profileLine(stage: Stage, { line, database, seconds }: Run): Promise<string[][]> {
  const folder = join(stage.folder, `profile-${line}`);
  mkdirSync(folder);
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    name: "Patchbay",
    script: patchbayScript,
    ready: "/readyz",
    port,
    log: join(stage.folder, "profile.log"),
    env: patchbayEnv({
      databaseUrl: stage.database.url(database),
      publicUrl,
      ...(line === "B" && { providerUrl: stage.provider.url }),
    }),
    flags: ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=200"],
  });
  await load(stage, { url: program.url, line, seconds, node: program.pid });
  await program.stop();
  const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile")) ?? "";
  return selfTimes(JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile);
}

type Load = { url: string; line: Line; seconds: number; node: number };

async function load(stage: Stage, { url, line, seconds, node }: Load): Promise<void> {
  const { users } = stage.people;
  const shared = { url, from: 0, ms: seconds * 1000, watched: { node, postgres: stage.database.pid } };
  if (line === "B") return void (await walkAround({ ...shared, walk: zoomWalk(users), walkers: 16 }));
  const ask = patchbayAsks(users)[line];
  await fire({ ...shared, ask, ready: line === "F" ? 10_000 * (seconds + 1) : users, connections: 32 });
}

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Shares of the time that the process was at work. */
function selfTimes({ nodes, samples, timeDeltas }: Profile): string[][] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, frameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  times.delete("(idle)\t");
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, shown);
  return sorted.map(([name, time]) => [((time / all) * 100).toFixed(1), ...name.split("\t")]);
}

function frameOf({ functionName, url, lineNumber }: Profile["nodes"][number]["callFrame"]): string {
  const where = url.replace(/^.*\/node_modules\//, "").replace(/^.*\/(apps|packages)\//, "$1/");
  return `${functionName || "(anonymous)"}\t${where === "" ? "" : `${where}:${lineNumber + 1}`}`;
}
