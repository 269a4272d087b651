import { findProviderOfApp } from "../registry.ts";
import type { Credentials, Provider } from "../provider.ts";
import { createTokenProvider } from "./access-token.ts";
import { issueCredential, type IssueRequest } from "./issue-credential.ts";
import { verifyCredential, eraseCredential, maintainCredential } from "./maintenance.ts";
import type { CredentialDeps } from "./refresh.ts";

/** What is done with stored credentials: they are issued, maintained and verified. */
export function createCredentials(parts: CredentialDeps) {
  const fresh = createTokenProvider(parts);
  return {
    hand: (connection: number, ask: IssueRequest) =>
      issueCredential({ ...parts, provideToken: fresh }, connection, ask),
    // The jobs, by their names.
    keep: (id: string) => maintainCredential(parts, id),
    check: (id: string) => verifyCredential(parts, { id, job: "check" }),
    supersede: (id: string) => verifyCredential(parts, { id, job: "supersede" }),
    erase: (id: string) => eraseCredential(parts, id),
    /** Gives credentials that work, with their provider, for a call of our own. Undefined: the credential is not active. */
    async use(id: string): Promise<{ provider: Provider; credentials: Credentials } | undefined> {
      const standing = await parts.store.find(id);
      const provider = standing && findProviderOfApp(parts.registry, standing);
      if (provider === undefined || standing?.status !== "active") return undefined;
      return { provider, credentials: (await fresh(standing)).credentials };
    },
  };
}

/** What routes and jobs may do with credentials. */
export type CredentialService = ReturnType<typeof createCredentials>;
