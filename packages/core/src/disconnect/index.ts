export {
  createDisconnect,
  type RemovedConnection,
  type ConnectionRemoval,
  type Disconnect,
  type DisconnectOutcome,
  type Receipt,
} from "./disconnect.ts";
export {
  createRevoker,
  type RevocationResult,
  type RevocationStore,
  type Revoker,
  type RevokerDeps,
} from "./revoke.ts";
