// `pnpm prove`: whether connections stay alive while processes die. docs/proof.md.
import { startChild } from "./lib/child.ts";
import { ExitCode, runCrew, type Crew } from "./lib/crew.ts";

await runCrew({ begin: prove, interrupted: 130 });

async function prove(crew: Crew): Promise<void> {
  const args = ["tests/prove/prove.ts", ...process.argv.slice(2)];
  const { code } = await crew.finish(startChild({ name: "proof", args, env: process.env, patienceMs: 20_000 }));
  throw new ExitCode(code);
}
