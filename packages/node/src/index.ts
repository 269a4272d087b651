export type {
  Api,
  Completion,
  Connection,
  ConnectionPage,
  ConnectSession,
  CreatedSession,
  Erasure,
  LentSession,
  Receipt,
  Revocation,
  Token,
} from "./answers.ts";
export type { ConnectionChange, ConnectionFilters } from "./connections.ts";
export { PatchbayError, type PatchbayErrorCode } from "./error.ts";
export { createPatchbay, type Patchbay, type PatchbayOptions } from "./patchbay.ts";
export type { CompletionRequest, SessionRequest } from "./sessions.ts";
