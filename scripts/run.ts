// `npm run check`, `npm run build` and so on: the commands of a task, one after the other, up to the first that fails. Here
// they find the toolchain, and turbo's telemetry is off.
import { startChild } from "./lib/child.ts";
import { ExitCode, runCrew, type Crew } from "./lib/crew.ts";
import { turboEnvironment } from "./lib/page.ts";

type Command = readonly [command: string, ...args: string[]];

const tasks: Readonly<Record<string, readonly Command[]>> = {
  check: [
    ["oxfmt", "--check", "."],
    ["oxlint", "--type-aware"],
    ["turbo", "run", "typecheck"],
    ["tsc", "-p", "scripts"],
    ["node", "scripts/readability.ts"],
    ["knip"],
  ],
  build: [["turbo", "run", "build"]],
  e2e: [
    ["turbo", "run", "build"],
    ["pnpm", "--filter", "@patchbay/e2e", "exec", "playwright", "test"],
  ],
};

const [name = "", ...rest] = process.argv.slice(2);

await runCrew({ begin: runTask, interrupted: 130 });

async function runTask(crew: Crew): Promise<void> {
  const commands = tasks[name];
  if (commands === undefined)
    throw new Error(`There is no ${name}. What can be run: ${Object.keys(tasks).join(", ")}.`);
  for (const [index, [command, ...args]] of commands.entries()) {
    const own = index === commands.length - 1 ? [...args, ...rest] : args;
    const { code } = await crew.finish(
      startChild({ name: command, command, args: own, env: turboEnvironment(process.env) }),
    );
    if (code !== 0) throw new ExitCode(code);
  }
  throw new ExitCode(0);
}
