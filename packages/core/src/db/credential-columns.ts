import { sql } from "kysely";
import { shownReason } from "./shown-health.ts";

/** What core knows of a credential `k` (`CredentialRow`): the list of a select. */
export const credentialColumns = [
  "k.id",
  "k.provider",
  "k.client_id as clientId",
  "k.mode",
  "k.external_id as externalId",
  "k.scopes",
  "k.version",
  "k.status",
  shownReason.as("reason"),
  "k.secret",
  sql<number | null>`(extract(epoch from k.expires_at - now()) * 1000)::float8`.as("remainingMs"),
  sql<number | null>`(extract(epoch from k.expires_at - k.issued_at) * 1000)::float8`.as("lifetimeMs"),
] as const;
