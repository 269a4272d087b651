export { clientSecretBasic, clientSecretPost, secretAsBearer } from "./client-authentication.ts";
export { callProvider } from "./call-provider.ts";
export { oauth } from "./oauth.ts";
export { clientRefusal, revokeToken } from "./revoke-token.ts";
export { describeScopes, listAskedScopes, type ScopeRules } from "./scopes.ts";
export { sendForm } from "./send-form.ts";
export { isRejected } from "./token.ts";
export type { Access, OAuthClient, OAuthSpec, WebhookSettings } from "./spec.ts";
export type { TokenResponse, TokenError } from "./token-response.ts";
