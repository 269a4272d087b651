import { join } from "node:path";
import { startChild } from "./child.ts";
import { exitMessage, type ProcessGroup } from "./process-group.ts";
import { dataFolder } from "./paths.ts";

/** Builds workspaces whose sources have changed, by the cache of turbo. */
export async function buildWorkspaces(group: ProcessGroup, ...names: readonly string[]): Promise<void> {
  const build = startChild({
    name: `build of ${names.join(" and ")}`,
    command: "turbo",
    args: ["run", "build", ...names.map((name) => `--filter=${name}`), "--output-logs=errors-only"],
    env: turboEnvironment(process.env),
    log: join(dataFolder, "logs", "build.log"),
  });
  const exit = await group.finish(build);
  if (exit.code !== 0) throw new Error(exitMessage(build, exit));
}

/** An environment in which turbo sends no telemetry and looks for no updates. */
export function turboEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
}
