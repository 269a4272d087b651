import type { RawBuilder } from "kysely";
import type { AttemptStore, Caller, Claim, Connection } from "../connect/index.ts";
import type { ConfiguredApp } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { prepareClaim } from "./attempt-claim.ts";
import { prepareClaimCompletion } from "./attempt-completion.ts";
import { prepareComplete } from "./attempt-complete.ts";
import { prepareCreate } from "./attempt-create.ts";
import { acquireLease, holdLogin, listOverdueLogins, releaseLease, saveStep } from "./attempt-lease.ts";
import { failAttempt, failWithGrant } from "./attempt-outcome.ts";
import { prepareAcceptResponse } from "./attempt-response.ts";
import { claimStatus, readClaim } from "./claim-row.ts";
import type { CodeLimits } from "./code-limits.ts";
import { connectionJson } from "./connection-json.ts";
import type { Pooled } from "./database.ts";
import { withCaller } from "./live-session.ts";
import { now } from "./clock.ts";
import { getSessionScopes } from "./connect-session-store.ts";
import { countNextCode, countFailedVerification } from "./failed-verifications.ts";

/** The attempts of both connect flows. `codes` limits how many codes a login may send; `apps` are those configured. */
export function createAttemptStore(db: Pooled, codes: CodeLimits, apps: readonly ConfiguredApp[]): AttemptStore {
  const shown = connectionJson(apps);
  return {
    create: prepareCreate(db, codes),
    getScopes: ({ session }, provider) => getSessionScopes(db, session, provider),
    getProvider: (caller, id) => getProviderId(db, caller, id),
    acceptResponse: prepareAcceptResponse(db, shown),
    claim: prepareClaim(db, shown),
    claimCompletion: prepareClaimCompletion(db, shown),
    getOutcome: (id) => getOutcome(db, shown, id),
    acquire: (caller, id, intent) => acquireLease(db, caller, { id, intent, shown }),
    saveStep: (login, step) => saveStep(db, login, step),
    holdLogin: (login, held) => holdLogin(db, login, held),
    release: (login) => releaseLease(db, login),
    countFailedVerification: ({ id }, question) => countFailedVerification(db, id, question),
    countCode: ({ id }) => countNextCode(db, codes, id),
    listOverdue: () => listOverdueLogins(db),
    delete: async (id) => void (await db.deleteFrom("attempt").where("id", "=", id).execute()),
    complete: prepareComplete(db, shown),
    fail: (id, failure, left) => failAttempt(db, id, { failure, left }),
    failWithGrant: (id, failure, grant) => failWithGrant(db, id, { failure, grant }),
  };
}

async function getProviderId(db: Pooled, { session }: Caller, id: Buffer): Promise<string> {
  const row = await withCaller(db, session)
    .selectFrom(["attempt", "caller"])
    .select("attempt.provider")
    .where("attempt.id", "=", id)
    .whereRef("attempt.user_id", "=", "caller.user_id")
    .where("attempt.expires_at", ">", now)
    .executeTakeFirst();
  if (row === undefined) throw new ConnectError("attempt_unknown", "no attempt of this caller");
  return row.provider;
}

/** Gets a claimed attempt's outcome. Throws `attempt_unknown` for one that is not claimed, because it has no holder to wait for. */
async function getOutcome(db: Pooled, shown: RawBuilder<Connection>, id: Buffer): Promise<Claim> {
  const row = await db
    .selectFrom("attempt")
    .leftJoin("connection as c", "c.id", "attempt.connection_id")
    .leftJoin("credential as k", "k.id", "c.credential_id")
    .select(["attempt.id", "attempt.provider", "redirect_uri", "failure", "signed_in_account"])
    .select([claimStatus("attempt").as("status"), shown.as("connection")])
    .where("attempt.id", "=", id)
    .where("attempt.expires_at", ">", now)
    .executeTakeFirst();
  return readClaim(
    row && { ...row, provider_state: null, authorization_response: null, stale: true },
    "attempt_unknown",
  );
}
