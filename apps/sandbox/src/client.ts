import type { z } from "zod";
import { type Operation, operations, telegramOperations } from "./control/operations.ts";
import type { signSchema } from "./control/schemas/webhooks.ts";
import type { faultSchema } from "./control/schemas/failures.ts";
import { buildEnvironment } from "./environment.ts";

export type {
  Apps,
  People,
  Person,
  ProviderSummary,
  RefreshReport,
  RefreshResend,
  SeededGrant,
} from "./control/schemas/reports.ts";
export type { SignedWebhook } from "./control/schemas/webhooks.ts";

/** What `signWebhooks` takes. */
export type WebhookOrder = z.input<typeof signSchema>;

/** What `failRequests` takes. */
export type FaultOrder = z.input<typeof faultSchema>;

type ClientMethod<Op extends Operation> = (
  ...input: Record<string, never> extends z.input<Op["input"]> ? [input?: z.input<Op["input"]>] : [z.input<Op["input"]>]
) => Promise<z.output<Op["output"]>>;

type ClientMethods<Table extends Readonly<Record<string, Operation>>> = {
  readonly [Name in keyof Table]: ClientMethod<Table[Name]>;
};

/** The control API of a running sandbox, a method for each operation. Each throws if the sandbox refuses. */
export type SandboxClient = ClientMethods<typeof operations> &
  ClientMethods<typeof telegramOperations> & {
    readonly url: string;
    /** The environment that makes Patchbay the client of each provider's built-in app. */
    getEnvironment(): Promise<Record<string, string>>;
  };

/** The longest wait for an operation: a hundred thousand webhooks take a while. */
const timeoutMs = 120_000;

/** Creates a client of the sandbox that listens at this URL. */
export function createSandboxClient(url: string): SandboxClient {
  const methods = Object.entries({ ...operations, ...telegramOperations }).map(([name, operation]) => [
    name,
    (input: object = {}) => callOperation(url, operation, input),
  ]);
  const client = { url, ...Object.fromEntries(methods) } as SandboxClient;
  return { ...client, getEnvironment: async () => buildEnvironment(await client.listApps()) };
}

async function callOperation(url: string, { method, path, output }: Operation, input: object): Promise<unknown> {
  const target = new URL(`/_/${path}`, url);
  const response = await fetch(method === "GET" ? withQuery(target, input) : target, {
    signal: AbortSignal.timeout(timeoutMs),
    ...(method === "POST" && {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The sandbox answered ${method} /_/${path} with ${response.status}: ${text}`);
  return output.parse(JSON.parse(text));
}

function withQuery(url: URL, input: object): URL {
  for (const [name, value] of Object.entries(input)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}
