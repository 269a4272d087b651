export { createAttemptStore } from "./attempt-store.ts";
export { isDatabaseUnavailable } from "./database-unavailable.ts";
export { recordHeartbeat, deregisterWorker } from "./worker-heartbeat.ts";
export type { CodeLimits } from "./code-limits.ts";
export { createCredentialStore } from "./credential-store.ts";
export { createConnectSessionStore } from "./connect-session-store.ts";
export { createConnections, type Connections, type Listed } from "./connections.ts";
export { createServiceConnections } from "./service-connections.ts";
export { createUserErasure } from "./user-erasure.ts";
export { openDatabase, type OpenDatabase } from "./database.ts";
export { defaultSchema } from "./schemas.ts";
export { createConnectionRemoval, removeUnapproved } from "./connection-removal.ts";
export { createRevocationStore } from "./revocation-store.ts";
export { claimInstallation, WrongDatabase } from "./installation.ts";
export { credentialJobs, webhooksJob, type CredentialJob } from "./jobs.ts";
export { isCurrent, migrate } from "./migrate.ts";
export { asWrongDatabase, awaitDatabase } from "./await-database.ts";
export { openNotifications, type Notifications } from "./notifications.ts";
export { createPasswordTries, type PasswordTries } from "./password-tries.ts";
export {
  forgetIdempotencyKeys,
  purgeAttempts,
  purgeConnectSessions,
  purgeSessions,
  purgeRateLimits,
  purgeVerifications,
  purgeFailedVerifications,
} from "./purge.ts";
export { createAccessAudit, type AccessAudit } from "./access-audit.ts";
export { grantRights, readRole, type Role } from "./rights.ts";
export { rotateKeys, verifySeals, type Progress } from "./rotate-keys.ts";
export { foreignTables, tables, type Column, type Database } from "./schema.ts";
export { countSealed, type Count } from "./encrypted-columns.ts";
export {
  endUnheld,
  forgetUnknown,
  scheduleRevocations,
  scheduleMaintenance,
  type UsableApps,
} from "./job-scheduling.ts";
export { createWebhookEvents, purgeEvents, wakeWebhooks } from "./webhook-events.ts";
