import { authSecret } from "../world/secrets.ts";
import type { Place } from "./contender.ts";

/** What contender/settings.ts reads. */
export const environment = ({ databaseUrl, providerUrl, publicUrl }: Place): Record<string, string> => ({
  NODE_ENV: "production",
  DATABASE_URL: databaseUrl,
  PROVIDER_URL: providerUrl,
  PUBLIC_URL: publicUrl,
  SECRET: authSecret,
});
