// `pnpm prove`: shows that connections stay alive while processes are killed. See docs/proof.md.
import { startChild } from "./lib/child.ts";
import { ExitCode, runProcessGroup, type ProcessGroup } from "./lib/process-group.ts";

await runProcessGroup({ begin: prove, interrupted: 130 });

async function prove(group: ProcessGroup): Promise<void> {
  const args = ["tests/prove/prove.ts", ...process.argv.slice(2)];
  const { code } = await group.finish(startChild({ name: "proof", args, env: process.env, patienceMs: 20_000 }));
  throw new ExitCode(code);
}
