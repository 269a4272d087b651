export type {
  BackEnd,
  ConnectSessionRequest,
  ConnectSessionState,
  ConnectSessionStore,
  ConnectVisit,
  NewConnectSession,
  Opening,
  OpenOutcome,
} from "./connect-session-store.ts";
export { createConnectSessions, type ConnectSessions, type CreatedConnectSession } from "./connect-sessions.ts";
export { buildReturnUrl } from "./return-url.ts";
export { connectSessionToken, isConnectSession } from "./session-token.ts";
