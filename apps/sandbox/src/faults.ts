import { z } from "zod";
import type { Face } from "./face.ts";
import { type Answer, bodyFields, type Call } from "./wire.ts";
import { whoCalls } from "./who.ts";
import { wireFields } from "./wire-switches.ts";

const drop = z.union([z.literal(true), z.enum(["before", "after", "headers", "body"])]);

/** What `POST /_/fail` takes: which calls are meant, how many of them, and what becomes of each. */
export const faultSchema = z.strictObject({
  host: z.string().min(1),
  /** A prefix of the path, or, at the host "telegram", of a method's name, such as `auth.signIn`. */
  path: z
    .string()
    .regex(/^(\/|[a-z]+\.)/)
    .optional(),
  method: z.string().optional(),
  /** Only calls whose form has these values. */
  form: z.record(z.string(), z.string()).optional(),
  /** Only calls that are made for this person. */
  person: z.string().optional(),
  times: z.number().int().positive().default(1),
  status: z.number().int().min(200).max(599).optional(),
  /** Text is sent as it is, anything else as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** A body of so many bytes: one long JSON string. */
  bytes: z.number().int().min(2).max(100_000_000).optional(),
  /** The work is done at once, the answer waits. */
  delayMs: z.number().int().nonnegative().max(600_000).optional(),
  /** The answer, the provider's own unless another is ordered, goes out in an encoding that nobody asked for. */
  encoding: wireFields.encoding,
  byteOrderMark: wireFields.byteOrderMark,
  /** The body goes out one byte at a time, this far apart. */
  trickleMs: z.number().int().positive().max(60_000).optional(),
  /** Cut the connection before the work (also `true`), after it, after the headers, or amid the body of the answer. */
  drop: drop.optional(),
});

export type Fault = z.infer<typeof faultSchema>;

/** The failures that the control door ordered and that have not all happened yet. */
export interface Faults {
  order(fault: Fault): void;
  take(call: Call, face?: Face): Fault | undefined;
  pending(): readonly Fault[];
  /** Forgets those of a host, or all. */
  clear(host?: string): void;
}

function isMeant(fault: Fault, call: Call, face: Face | undefined): boolean {
  return (
    fault.times > 0 &&
    fault.host === call.host &&
    call.path.startsWith(fault.path ?? "") &&
    (fault.method ?? call.method).toUpperCase() === call.method &&
    hasFields(fault, call) &&
    (fault.person === undefined || (face !== undefined && fault.person === whoCalls(face, call)))
  );
}

function hasFields({ form = {} }: Fault, call: Call): boolean {
  const wanted = Object.entries(form);
  const fields = wanted.length === 0 ? call.form : bodyFields(call);
  return wanted.every(([name, value]) => fields.get(name) === value);
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    order: (fault) => {
      faults.push({ ...fault });
    },
    take: (call, face) => {
      const fault = faults.find((candidate) => isMeant(candidate, call, face));
      if (fault) fault.times -= 1;
      faults = faults.filter(({ times }) => times > 0);
      return fault;
    },
    pending: () => faults,
    clear: (host) => {
      faults = faults.filter((fault) => host !== undefined && fault.host !== host);
    },
  };
}

/** The answer that a fault gives in place of the provider's, or undefined where the provider is to answer. */
export function faultAnswer({ status, body, bytes, headers }: Fault): Answer | undefined {
  if (status === undefined && body === undefined && bytes === undefined && headers === undefined) return undefined;
  const text = bytes === undefined ? textOf(body) : `"${"x".repeat(bytes - 2)}"`;
  const type = text.trimStart().startsWith("<") ? "text/html" : "application/json";
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return { status: status ?? 200, headers: { "content-type": type, ...Object.fromEntries(given) }, body: text };
}

function textOf(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}
