import { join } from "node:path";
import { startChild } from "./child.ts";
import { obituary, type Crew } from "./crew.ts";
import { data } from "./paths.ts";

/** Builds the page where its sources have changed: turbo remembers what it has built. */
export async function buildPage(crew: Crew): Promise<void> {
  const build = startChild({
    name: "build of the page",
    command: "turbo",
    args: ["run", "build", "--filter=@patchbay/web", "--output-logs=errors-only"],
    env: turboEnvironment(process.env),
    log: join(data, "logs", "build.log"),
  });
  const exit = await crew.finish(build);
  if (exit.code !== 0) throw new Error(obituary(build, exit));
}

export function turboEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
}
