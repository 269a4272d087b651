import { z } from "zod";

/** A record that is merged into another. */
export type Patch = Readonly<Record<string, unknown>>;

/** Any JSON object. */
export const patchSchema = z.record(z.string(), z.unknown());

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Applies a JSON merge patch (RFC 7396): null removes, an object is merged, anything else replaces. */
export function mergePatch(target: Patch, patch: Patch | undefined): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(patch ?? {})) {
    if (value === null) delete merged[name];
    else if (isRecord(value)) merged[name] = mergePatch(isRecord(merged[name]) ? merged[name] : {}, value);
    else merged[name] = value;
  }
  return merged;
}

/** Replaces every field that has one of these names with null, at any depth. */
export function putNulls(value: unknown, names: readonly string[] = []): unknown {
  if (names.length === 0) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => putNulls(item, names));
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    names.includes(name) ? null : putNulls(field, names),
  ]);
  return Object.fromEntries(fields);
}

/** A record that the control API can change: a given field replaces the old one, null removes it. */
export interface Patchable<T> {
  current(): T;
  set(fields: Patch): void;
  reset(): void;
}

/** Creates a record that can be changed. Throws a ZodError for a change that does not fit the schema. */
export function createPatchable<T extends object>(schema: z.ZodType<T>, initial: object): Patchable<T> {
  const parse = (fields: object): T =>
    schema.parse(Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== null)));
  const seed = parse(initial);
  let value = seed;
  return {
    current: () => value,
    set: (fields) => {
      value = parse({ ...value, ...fields });
    },
    reset: () => {
      value = seed;
    },
  };
}
