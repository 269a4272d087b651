import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

const lib = import.meta.dirname;

type Launched = ChildProcessByStdio<null, Readable, Readable>;

/** A run with two processes, each a shell script. */
function launch(first: string, second: string, patienceMs = 1000): Launched {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-group-")), "main.ts");
  writeFileSync(
    file,
    `import { runProcessGroup } from "${lib}/process-group.ts";
     import { startChild } from "${lib}/child.ts";
     const start = (name, script) => startChild({ name, command: "sh", args: ["-c", script], env: process.env, patienceMs: ${patienceMs} });
     await runProcessGroup({ begin: async (group) => {
       group.add(start("first", ${JSON.stringify(first)}));
       group.add(start("second", ${JSON.stringify(second)}));
     } });`,
  );
  return spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
}

const patient = (name: string): string =>
  `trap 'echo ${name} stops; exit 0' TERM; echo ${name} runs; while :; do sleep 0.05; done`;

async function running(child: Launched): Promise<void> {
  for (let lines = 0; lines < 2;) {
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    lines += chunk.toString().split("runs").length - 1;
  }
}

test("a signal stops the processes, the last started first, and the exit code is 0", async () => {
  const child = launch(patient("first"), patient("second"));
  await running(child);
  const rest = text(child.stdout);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await rest).toBe("second stops\nfirst stops\n");
});

test("a process that exits by itself is named, and the others are stopped", async () => {
  const child = launch(patient("first"), "sleep 0.2; exit 3");
  const [output, errors] = [text(child.stdout), text(child.stderr)];
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(await output).toContain("first stops");
  expect(await errors).toContain("The second has stopped by itself (exit code 3).");
});

test("a process that does not stop in time is killed with its children", async () => {
  const child = launch("echo first runs; trap '' TERM; sleep 600 & while :; do sleep 0.05; done", patient("second"));
  await running(child);
  const began = performance.now();
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("a process that is stopped while the run waits for it gives no result", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-group-")), "main.ts");
  writeFileSync(
    file,
    `import { runProcessGroup } from "${lib}/process-group.ts";
     import { startChild } from "${lib}/child.ts";
     await runProcessGroup({ interrupted: 130, begin: async (group) => {
       const step = startChild({ name: "step", command: "sh", args: ["-c", "echo runs; exec sleep 60"], env: process.env });
       const { how } = await group.finish(step);
       console.log("a result of", how);
     } });`,
  );
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
  await once(child.stdout, "data");
  const rest = text(child.stdout);
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
  expect(await rest).toBe("");
});

test("a second Ctrl-C kills processes that do not stop", async () => {
  const child = launch("echo first runs; trap '' TERM; while :; do sleep 0.05; done", patient("second"), 60_000);
  await running(child);
  child.kill("SIGINT");
  expect(String(await once(child.stdout, "data"))).toBe("second stops\n");
  // Within 300 ms it would be the same Ctrl-C.
  await sleep(400);
  child.kill("SIGINT");
  await once(child, "exit");
});
