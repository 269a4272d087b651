export { createCredentials, type CredentialService } from "./credentials.ts";
export { goneAfterSeconds, isAccountPaused } from "./failures.ts";
export type { IssueRequest, IssuedCredential } from "./issue-credential.ts";
export { findMissingToken } from "./credential-end.ts";
export { retryWrite, awaitWrite } from "./retry-write.ts";
export { sendRefresh } from "./refresh.ts";
export type {
  CredentialStore,
  CredentialEnd,
  ConnectionCredential,
  CredentialLease,
  ExclusiveLease,
  Renewal,
  CredentialRow,
  LeaseResult,
} from "./credential-store.ts";
