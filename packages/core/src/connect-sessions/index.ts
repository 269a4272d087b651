export type {
  BackEnd,
  ConnectSessionRequest,
  ConnectSessionState,
  ConnectSessionStore,
  NewConnectSession,
  Opening,
  OpenOutcome,
  StoredVisit,
} from "./connect-session-store.ts";
export {
  createConnectSessions,
  type ConnectSessions,
  type ConnectVisit,
  type CreatedConnectSession,
} from "./connect-sessions.ts";
export { buildReturnUrl } from "./return-url.ts";
export { connectSessionToken, isConnectSession } from "./session-token.ts";
