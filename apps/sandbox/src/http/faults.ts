import type { Fault } from "../control/schemas/failures.ts";
import type { SimulatedProvider } from "../provider.ts";
import { type ProviderResponse, parseBodyFields, type ProviderRequest } from "./messages.ts";
import { findPersonOfRequest } from "./person-of-request.ts";

/** The failures that the control API ordered and that have not all happened yet. */
export interface FaultStore {
  add(fault: Fault): void;
  takeFault(request: ProviderRequest, provider?: SimulatedProvider): Fault | undefined;
  listPending(): readonly Fault[];
  /** Forgets the failures of a host, or all failures. */
  clear(host?: string): void;
}

function isMatch(fault: Fault, request: ProviderRequest, provider: SimulatedProvider | undefined): boolean {
  return (
    fault.times > 0 &&
    fault.host === request.host &&
    request.path.startsWith(fault.path ?? "") &&
    (fault.method ?? request.method).toUpperCase() === request.method &&
    hasFields(fault, request) &&
    (fault.person === undefined || (provider !== undefined && fault.person === findPersonOfRequest(provider, request)))
  );
}

function hasFields({ form = {} }: Fault, request: ProviderRequest): boolean {
  const wanted = Object.entries(form);
  const fields = wanted.length === 0 ? request.form : parseBodyFields(request);
  return wanted.every(([name, value]) => fields.get(name) === value);
}

/** Creates an empty store of ordered failures. */
export function createFaultStore(): FaultStore {
  let faults: Fault[] = [];
  return {
    add: (fault) => {
      faults.push({ ...fault });
    },
    takeFault: (request, provider) => {
      const fault = faults.find((candidate) => isMatch(candidate, request, provider));
      if (fault) fault.times -= 1;
      faults = faults.filter(({ times }) => times > 0);
      return fault;
    },
    listPending: () => faults,
    clear: (host) => {
      faults = faults.filter((fault) => host !== undefined && fault.host !== host);
    },
  };
}

/** Builds the response of a fault. Returns undefined if the provider itself answers. */
export function buildFaultResponse({ status, body, bytes, headers }: Fault): ProviderResponse | undefined {
  if (status === undefined && body === undefined && bytes === undefined && headers === undefined) return undefined;
  const text = bytes === undefined ? toBodyText(body) : `"${"x".repeat(bytes - 2)}"`;
  const type = text.trimStart().startsWith("<") ? "text/html" : "application/json";
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return { status: status ?? 200, headers: { "content-type": type, ...Object.fromEntries(given) }, body: text };
}

function toBodyText(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}
