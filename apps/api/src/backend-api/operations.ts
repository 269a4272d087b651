import {
  cancelConnectSession,
  completeConnectSession,
  createConnectSession,
  getConnectSession,
} from "./connect-session-operations.ts";
import {
  approveConnection,
  checkConnection,
  disconnectConnection,
  getConnection,
  issueToken,
  listConnections,
  updateConnection,
} from "./connection-operations.ts";
import type { Operation } from "./operation.ts";
import { eraseUser } from "./user-operations.ts";

/** All operations of the back-end API, in the order in which they are documented. */
export const operations: readonly Operation[] = [
  createConnectSession,
  getConnectSession,
  cancelConnectSession,
  completeConnectSession,
  listConnections,
  getConnection,
  updateConnection,
  disconnectConnection,
  issueToken,
  checkConnection,
  approveConnection,
  eraseUser,
];
