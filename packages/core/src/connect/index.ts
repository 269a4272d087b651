export { accountCredentialId } from "./account-credential.ts";
export type * from "./attempt-store.ts";
export type { ConnectRequest } from "./begin.ts";
export { createConnect, type Connect } from "./connect.ts";
export type { FinishRequest } from "./finish.ts";
export {
  listApps,
  findProviderOfApp,
  getProvider,
  getProviderOfApp,
  type ProviderApp,
  type RegisteredProvider,
  type Registry,
} from "../registry.ts";
export type { CallbackRequest } from "./authorization-response.ts";
export { sealGrant } from "./store-grant.ts";
export type { AttemptView } from "./step-view.ts";
export { abandonOverdueLogins } from "./interactive-login.ts";
export type { LoginLease, StepState, LoginStore, StepIntent } from "./login-store.ts";
