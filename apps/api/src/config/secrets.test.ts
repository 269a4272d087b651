import { expect, test } from "vitest";
import { providerNames } from "./providers.ts";
import { forgetSecrets } from "./secrets.ts";

test("nothing about a provider is left in the environment, and no proxy's password", () => {
  const kept = { PATH: "/bin", PORT: "3000", http_proxy: "http://proxy.example.com:3128" };
  const secret = "http://ada:hush@proxy.example.com:3128";
  const ours = ["DATABASE_URL", "MIGRATION_DATABASE_URL", "AUTH_SECRET", "ENCRYPTION_KEYS", "SERVICE_KEYS"];
  const names = [...ours, ...providerNames, "HTTPS_PROXY", "https_proxy", "HTTP_PROXY"];
  const env = { ...Object.fromEntries(names.map((name) => [name, secret])), ...kept };
  forgetSecrets(env);
  expect(env).toEqual(kept);
});
