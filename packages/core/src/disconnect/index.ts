export {
  createDisconnect,
  createServiceDisconnect,
  type RemovedConnection,
  type ConnectionRemoval,
  type Disconnect,
  type DisconnectOutcome,
  type Receipt,
  type ServiceDisconnect,
} from "./disconnect.ts";
export { createEraseUser, type EraseUser, type UserErasure } from "./erase-user.ts";
export {
  createRevoker,
  type RevocationResult,
  type RevocationStore,
  type Revoker,
  type RevokerDeps,
} from "./revoke.ts";
