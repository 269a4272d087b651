import { z } from "zod";
import type { Credentials, Grant, ProviderState } from "../provider.ts";
import type { Vault } from "./vault.ts";

const texts = z.record(z.string(), z.string());
// `answers`: the name that parameters have had in the database from the beginning.
const receivedResponse = z
  .object({ answers: texts, proof: texts })
  .transform(({ answers: parameters, proof }) => ({ parameters, proof }));
const dateTime = z.iso.datetime().transform((text) => new Date(text));
const credentials = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  expiresAt: dateTime.optional(),
  refreshExpiresAt: dateTime.optional(),
  metadata: texts,
});
/** Credentials that were sealed before `metadata` had that name. */
const legacyCredentials = credentials
  .omit({ metadata: true })
  .extend({ place: texts })
  .transform(({ place, ...rest }) => ({ ...rest, metadata: place }));

const heldGrant = z.object({
  grant: z.object({
    account: z.object({ id: z.string(), label: z.string(), email: z.string().exactOptional(), details: texts }),
    credentials,
    scopes: z.array(z.string()),
    missing: z.array(z.string()),
  }),
});

/** The parameters of an authorization response, and what its signature proved. */
export type ReceivedResponse = z.infer<typeof receivedResponse>;

type Row = { id: Buffer; provider: string };

/** Creates the functions that seal and open each kind of secret, with the AAD of its row and column. */
export function createSeals(vault: Vault) {
  return {
    sealState: (state: ProviderState, row: Row) => vault.seal(JSON.stringify(state), attemptAad("notes", row)),
    openState: (blob: Buffer, row: Row): ProviderState =>
      texts.parse(JSON.parse(vault.open(blob, attemptAad("notes", row)))),
    sealResponse: ({ parameters: answers, proof }: ReceivedResponse, row: Row) =>
      vault.seal(JSON.stringify({ answers, proof }), attemptAad("returned", row)),
    openResponse: (blob: Buffer, row: Row): ReceivedResponse =>
      receivedResponse.parse(JSON.parse(vault.open(blob, attemptAad("returned", row)))),
    sealHeldGrant: (grant: Grant, row: Row) => vault.seal(JSON.stringify({ grant }), attemptAad("returned", row)),
    openHeldGrant: (blob: Buffer, row: Row): Grant =>
      parseHeldGrant(JSON.parse(vault.open(blob, attemptAad("returned", row)))),
    sealStep: (text: string, row: Row) => vault.seal(text, attemptAad("step", row)),
    openStep: (blob: Buffer, row: Row) => vault.open(blob, attemptAad("step", row)),
    // Under the old name too, so that the version before this one opens what this one sealed.
    sealCredentials: (value: Credentials, row: CredentialRow) =>
      vault.seal(JSON.stringify({ ...value, place: value.metadata }), credentialAad(row)),
    openCredentials: (blob: Buffer, row: CredentialRow): Credentials =>
      parseCredentials(JSON.parse(vault.open(blob, credentialAad(row)))),
  };
}

/** See `createSeals`. */
export type Seals = ReturnType<typeof createSeals>;

type CredentialRow = { id: string; provider: string };

/** The columns have the names that they had when the first values were sealed: other ones would not open those. */
function attemptAad(column: string, { id, provider }: Row) {
  return { table: "attempt", row: id.toString("hex"), column, provider };
}

function credentialAad({ id, provider }: CredentialRow) {
  return { table: "credential", row: id, column: "secret", provider };
}

function parseHeldGrant(value: unknown): Grant {
  const { grant } = heldGrant.parse(value);
  return { ...grant, credentials: omitUndefined(grant.credentials) };
}

function parseCredentials(value: unknown): Credentials {
  return omitUndefined(z.union([credentials, legacyCredentials]).parse(value));
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
