export { clientSecretBasic, clientSecretPost, secretAsBearer } from "./client-authentication.ts";
export { callAs } from "./call.ts";
export { oauth } from "./oauth.ts";
export { isRejected } from "./rejected.ts";
export type { Access, OAuthClient, OAuthSpec, WebhookSettings } from "./spec.ts";
export type { TokenAnswer, TokenError } from "./token.ts";
