// `npm run check`, `npm run build`, `npm run e2e`: run the commands of a task one after the other, and stop at the first that
// fails. The toolchain is on their PATH, and turbo sends no telemetry.
import { startChild } from "./lib/child.ts";
import { ExitCode, runProcessGroup, type ProcessGroup } from "./lib/process-group.ts";
import { turboEnvironment } from "./lib/build.ts";

type Command = readonly [command: string, ...args: string[]];

const tasks: Readonly<Record<string, readonly Command[]>> = {
  check: [
    ["oxfmt", "--check", "."],
    ["oxlint", "--type-aware"],
    ["turbo", "run", "typecheck"],
    ["tsc", "-p", "scripts"],
    ["node", "scripts/readability.ts"],
    ["node", "scripts/generate.ts", "--check"],
    ["knip"],
  ],
  build: [["turbo", "run", "build"]],
  e2e: [
    ["turbo", "run", "build"],
    ["pnpm", "--filter", "@patchbay/e2e", "exec", "playwright", "test"],
  ],
};

const [name = "", ...rest] = process.argv.slice(2);

await runProcessGroup({ begin: runTask, interrupted: 130 });

async function runTask(group: ProcessGroup): Promise<void> {
  const commands = tasks[name];
  if (commands === undefined)
    throw new Error(`There is no task "${name}". The tasks are ${Object.keys(tasks).join(", ")}.`);
  for (const [index, [command, ...args]] of commands.entries()) {
    const all = index === commands.length - 1 ? [...args, ...rest] : args;
    const { code } = await group.finish(
      startChild({ name: command, command, args: all, env: turboEnvironment(process.env) }),
    );
    if (code !== 0) throw new ExitCode(code);
  }
  throw new ExitCode(0);
}
