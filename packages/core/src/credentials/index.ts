export { createCredentials, type CredentialCalls } from "./credentials.ts";
export { goneAfterSeconds, saysPaused } from "./failures.ts";
export type { Ask, HandedOut } from "./hand.ts";
export { halfAnswer } from "./judge.ts";
export { persist, waitFor } from "./persist.ts";
export { latestBegin, sendRefresh } from "./refresh.ts";
export type { CredentialStore, Ending, Found, Lease, Loan, Renewal, Standing, Take } from "./store.ts";
