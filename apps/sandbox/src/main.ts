import { z } from "zod";
import { createSandbox, type Sandbox } from "./index.ts";

const environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  PUBLIC_URL: z
    .string()
    .default("http://localhost:3000")
    .transform((list) => list.split(",").map((url) => url.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
});

async function start(): Promise<Sandbox> {
  const { SANDBOX_PORT: port, PUBLIC_URL: appOrigins } = environment.parse(process.env);
  const sandbox = await createSandbox({ port, appOrigins, log: console.error });
  console.log(`Sandbox ready at ${sandbox.url} for ${appOrigins.join(", ")}`);
  return sandbox;
}

function complain(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof z.ZodError) console.error(`The sandbox cannot start: ${z.prettifyError(error)}`);
  else if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
    console.error(
      `The sandbox cannot start: port ${process.env["SANDBOX_PORT"] ?? 4000} is in use. Set SANDBOX_PORT to a free one.`,
    );
  else console.error(error);
}

try {
  const sandbox = await start();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void sandbox.close());
} catch (error) {
  complain(error);
}
