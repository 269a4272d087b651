// `pnpm dev`: as `npm start`, but every program starts anew, and the page changes in the browser, when a source is saved.
import { join } from "node:path";
import { localUrl } from "../apps/api/src/config/local-url.ts";
import { banner } from "./lib/banner.ts";
import { startChild } from "./lib/child.ts";
import { runCrew, sentence, type Crew } from "./lib/crew.ts";
import { databaseEnvironment, startDatabase } from "./lib/database.ts";
import { ignoredSentences } from "./lib/ignored.ts";
import { turboEnvironment } from "./lib/page.ts";
import { root } from "./lib/paths.ts";
import { readPorts } from "./lib/ports.ts";
import { ready } from "./lib/ready.ts";
import { holdWithPorts } from "./lib/run-file.ts";
import { askSandbox, sandboxEnvironment, sandboxProgram } from "./lib/sandbox.ts";

const usualPorts = { PORT: 3000, WEB_PORT: 5173, SANDBOX_PORT: 4000, SANDBOX_TELEGRAM_PORT: 4001 };

try {
  for (const said of ignoredSentences(process.env, join(root, ".env"))) console.log(said);
  const ports = readPorts(usualPorts, process.env);
  const hold = await holdWithPorts("pnpm dev", ports);
  await runCrew({ hold, begin: async (crew) => await begin(crew, ports) });
} catch (error) {
  console.error(sentence(error));
  process.exitCode = 1;
}

async function begin(crew: Crew, { PORT, WEB_PORT, ...sandboxPorts }: typeof usualPorts): Promise<void> {
  const publicUrl = `http://localhost:${WEB_PORT}`;
  const own = { PORT: String(PORT), WEB_PORT: String(WEB_PORT), PUBLIC_URL: publicUrl };
  const sandboxSettings = sandboxProgram({
    port: sandboxPorts.SANDBOX_PORT,
    telegramPort: sandboxPorts.SANDBOX_TELEGRAM_PORT,
    publicUrl,
  });
  develop(crew, { name: "sandbox", workspaces: ["@patchbay/sandbox"], env: sandboxSettings });
  const [database, sandbox] = await Promise.all([
    startDatabase(crew, { name: "patchbay_sandbox", given: undefined }),
    askSandbox(sandboxPorts.SANDBOX_PORT),
  ]);
  const env = sandboxEnvironment(sandbox, { ...own, ...databaseEnvironment(database) });
  develop(crew, { name: "API or the page", workspaces: ["@patchbay/api", "@patchbay/web"], env });
  await Promise.all([
    ready(`${localUrl({ host: process.env["HOST"], port: PORT })}/readyz`, { name: "API" }),
    ready(publicUrl, { name: "page" }),
  ]);
  const rows = [
    ["Page", publicUrl],
    ["API", `http://localhost:${PORT}`],
    ["Sandbox", sandbox.url],
    ["Data", database.place],
  ] as const;
  console.log(banner(rows, sandbox.people));
}

type Programs = { name: string; workspaces: readonly string[]; env: NodeJS.ProcessEnv };

function develop(crew: Crew, { name, workspaces, env }: Programs): void {
  const filters = workspaces.map((workspace) => `--filter=${workspace}`);
  const args = ["run", "dev", ...filters, "--env-mode=loose"];
  crew.add(startChild({ name, command: "turbo", args, env: turboEnvironment(env), patienceMs: 10_000 }));
}
