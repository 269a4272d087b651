import { z } from "zod";
import type { Credentials, ProviderState } from "../provider.ts";
import type { Vault } from "./vault.ts";

const texts = z.record(z.string(), z.string());
const kept = z.object({ answers: texts, proof: texts });
const moment = z.iso.datetime().transform((text) => new Date(text));
const credentials = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  expiresAt: moment.optional(),
  refreshExpiresAt: moment.optional(),
  metadata: texts,
});
/** Credentials that were sealed before `metadata` had that name. */
const namedBefore = credentials
  .omit({ metadata: true })
  .extend({ place: texts })
  .transform(({ place, ...rest }) => ({ ...rest, metadata: place }));

/** A provider's return as it is kept, with what its signature proved. */
export type ReceivedResponse = z.infer<typeof kept>;

type Row = { id: Buffer; provider: string };

/** What connecting seals, each for its own place. */
export function createSeals(vault: Vault) {
  return {
    sealState: (notes: ProviderState, row: Row) => vault.seal(JSON.stringify(notes), attempt("notes", row)),
    openState: (blob: Buffer, row: Row): ProviderState =>
      texts.parse(JSON.parse(vault.open(blob, attempt("notes", row)))),
    sealResponse: (value: ReceivedResponse, row: Row) => vault.seal(JSON.stringify(value), attempt("returned", row)),
    openResponse: (blob: Buffer, row: Row): ReceivedResponse =>
      kept.parse(JSON.parse(vault.open(blob, attempt("returned", row)))),
    sealStep: (text: string, row: Row) => vault.seal(text, attempt("step", row)),
    openStep: (blob: Buffer, row: Row) => vault.open(blob, attempt("step", row)),
    // Under the old name too, so that the version before this one opens what this one sealed.
    sealCredentials: (value: Credentials, row: CredentialRow) =>
      vault.seal(JSON.stringify({ ...value, place: value.metadata }), secretOf(row)),
    openCredentials: (blob: Buffer, row: CredentialRow): Credentials =>
      parseCredentials(JSON.parse(vault.open(blob, secretOf(row)))),
  };
}

/** See `createSeals`. */
export type Seals = ReturnType<typeof createSeals>;

type CredentialRow = { id: string; provider: string };

function attempt(column: string, { id, provider }: Row) {
  return { table: "attempt", row: id.toString("hex"), column, provider };
}

function secretOf({ id, provider }: CredentialRow) {
  return { table: "credential", row: id, column: "secret", provider };
}

function parseCredentials(value: unknown): Credentials {
  return omitUndefined(z.union([credentials, namedBefore]).parse(value));
}

/** Drops the keys that are undefined: a zod object names them all. */
function omitUndefined({
  accessToken,
  refreshToken,
  expiresAt,
  refreshExpiresAt,
  metadata,
}: z.infer<typeof credentials>): Credentials {
  return {
    ...(accessToken !== undefined && { accessToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(refreshExpiresAt !== undefined && { refreshExpiresAt }),
    metadata,
  };
}
