export {
  createDisconnect,
  type Departure,
  type Departures,
  type Disconnect,
  type Outcome,
  type Receipt,
} from "./disconnect.ts";
export {
  createRevoker,
  type Ended,
  type Endings,
  type Leased,
  type Leasing,
  type Revoker,
  type RevokerParts,
} from "./revoke.ts";
