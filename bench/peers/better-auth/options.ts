import type { BetterAuthOptions } from "better-auth";
import { genericOAuth } from "better-auth/plugins";
import type { Pool } from "pg";
import { clientId, clientSecret } from "../../world/secrets.ts";

interface Setting {
  pool: Pool;
  publicUrl: string;
  providerUrl: string;
  secret: string;
}

interface Person {
  email: string;
  name: string;
}

/** Where its page is: what a browser on it would send as its origin. */
export const pageOrigin = "https://app.example.com";

/** As the documentation of the genericOAuth plugin has it. Its limits are off: they count by address, and there is one. */
export function options({ pool, publicUrl, providerUrl, secret }: Setting) {
  return {
    baseURL: publicUrl,
    trustedOrigins: [pageOrigin],
    secret,
    database: pool,
    rateLimit: { enabled: false },
    account: { accountLinking: { enabled: true, trustedProviders: ["zoom"], allowDifferentEmails: true } },
    telemetry: { enabled: false },
    logger: { level: "error" },
    plugins: [
      genericOAuth({
        config: [
          {
            providerId: "zoom",
            authorizationUrl: `${providerUrl}/zoom.us/oauth/authorize`,
            tokenUrl: `${providerUrl}/zoom.us/oauth/token`,
            userInfoUrl: `${providerUrl}/api.zoom.us/v2/users/me`,
            clientId: clientId("zoom"),
            clientSecret: clientSecret("zoom"),
            pkce: true,
            scopes: ["user:read:user"],
            mapProfileToUser: (profile) => {
              const { email, name } = profile as unknown as Person;
              return { email, name, emailVerified: true };
            },
          },
        ],
      }),
    ],
  } satisfies BetterAuthOptions;
}
