import { findProviderOfApp } from "../registry.ts";
import type { Credentials, Provider } from "../provider.ts";
import { createGetUsable } from "./access-token.ts";
import { issueCredential, type IssueRequest } from "./issue-credential.ts";
import { checkCredential, verifyCredential, eraseCredential, maintainCredential } from "./maintenance.ts";
import type { CredentialDeps } from "./refresh.ts";

/** What is done with stored credentials: they are issued, maintained and verified. */
export function createCredentials(deps: CredentialDeps) {
  const getUsable = createGetUsable(deps);
  return {
    issue: (connection: number, request: IssueRequest) => issueCredential({ ...deps, getUsable }, connection, request),
    maintain: (id: string) => maintainCredential(deps, id),
    /** Asks the provider whether a grant lives that an event says was removed. */
    verify: (id: string) => verifyCredential(deps, { id, job: "check" }),
    /** Asks the provider whether a grant lives that a newer one may have ended. */
    supersede: (id: string) => verifyCredential(deps, { id, job: "supersede" }),
    /** Asks the provider whether a grant lives, for a back end that wants to know. */
    check: (id: string) => checkCredential(deps, id),
    erase: (id: string) => eraseCredential(deps, id),
    /** Gives credentials that work, with their provider, for a call of our own. Undefined: the credential is not active. */
    getUsable: async (id: string): Promise<{ provider: Provider; credentials: Credentials } | undefined> => {
      const row = await deps.store.find(id);
      const provider = row && findProviderOfApp(deps.registry, row);
      if (provider === undefined || row?.status !== "active") return undefined;
      return { provider, credentials: (await getUsable(row)).credentials };
    },
  };
}

/** What routes and jobs may do with credentials. */
export type CredentialService = ReturnType<typeof createCredentials>;
