import { z } from "zod";
import { createSandbox, type Sandbox } from "./index.ts";

const port = z.coerce.number().int().min(0).max(65_535);

const environment = z.object({
  SANDBOX_PORT: port.default(4000),
  SANDBOX_TELEGRAM_PORT: port.default(4001),
  PUBLIC_URL: z
    .string()
    .default("http://localhost:3000")
    .transform((list) => list.split(",").map((url) => url.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
});

const readSettings = (): z.infer<typeof environment> => environment.parse(process.env);

async function startSandbox(): Promise<Sandbox> {
  const { SANDBOX_PORT: port, SANDBOX_TELEGRAM_PORT: telegramPort, PUBLIC_URL: appOrigins } = readSettings();
  const sandbox = await createSandbox({ port, telegramPort, appOrigins, log: console.error });
  console.log(`Sandbox ready at ${sandbox.url} for ${appOrigins.join(", ")}, Telegram by ${sandbox.telegram?.proxy}`);
  return sandbox;
}

/** Names the variable of a port that is in use. */
function describeBusyPort(error: Error): string {
  const { SANDBOX_TELEGRAM_PORT: telegramPort } = readSettings();
  const taken = "port" in error ? error.port : undefined;
  const name = taken === telegramPort ? "SANDBOX_TELEGRAM_PORT" : "SANDBOX_PORT";
  return `The sandbox cannot start: port ${String(taken)} is in use. Set ${name} to a free one.`;
}

function reportError(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof z.ZodError) console.error(`The sandbox cannot start: ${z.prettifyError(error)}`);
  else if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
    console.error(describeBusyPort(error));
  else console.error(error);
}

try {
  const sandbox = await startSandbox();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void sandbox.close());
} catch (error) {
  reportError(error);
}
