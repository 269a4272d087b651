export { createCredentials, type CredentialService } from "./credentials.ts";
export { goneAfterSeconds, isAccountPaused } from "./failures.ts";
export type { IssueRequest, IssuedCredential } from "./issue-credential.ts";
export { storeTokens } from "./store-tokens.ts";
export { sendRefresh } from "./refresh.ts";
export type {
  CredentialStore,
  CredentialEnd,
  ConnectionCredential,
  AcquiredLease,
  CredentialLease,
  ExclusiveLease,
  Renewal,
  CredentialRow,
  LeasePurpose,
  LeaseResult,
  WantedCredential,
} from "./credential-store.ts";
