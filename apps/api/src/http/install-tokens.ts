import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { FormValues } from "@patchbay/core/provider";
import { z } from "zod";

/** A checked installation that waits until its user has signed in, in the browser that it came to. */
export interface Install {
  provider: string;
  values: FormValues;
  /** The fingerprint of the browser's cookie. */
  browser: Buffer;
}

/** Signs and reads the tokens of installations. */
export interface InstallTokens {
  sign(install: Install): string;
  /** Reads the form values of a token. Undefined: it is not ours, of another provider or browser, or has expired. */
  read(token: string, wanted: Omit<Install, "values">): FormValues | undefined;
}

const lifetimeMs = 600_000;
// `answers`: tokens that were signed before an upgrade have this name.
const payload = z.object({
  provider: z.string(),
  answers: z.record(z.string(), z.string()),
  browser: z.string(),
  until: z.number(),
});

/** Carries a signed installation past the sign-in page: the provider's own signature lasts for a minute and a half. */
export function createInstallTokens(authSecret: string): InstallTokens {
  const key = createSecretKey(Buffer.from(authSecret, "utf8"));
  const signature = (text: string): Buffer => createHmac("sha256", key).update(`install|${text}`).digest();
  return {
    sign({ provider, values: answers, browser }) {
      const install = { provider, answers, browser: browser.toString("hex"), until: Date.now() + lifetimeMs };
      const text = Buffer.from(JSON.stringify(install)).toString("base64url");
      return `${text}.${signature(text).toString("base64url")}`;
    },
    read(token, { provider, browser }) {
      const [text = "", signed = ""] = token.split(".");
      const [expected, received] = [signature(text), Buffer.from(signed, "base64url")];
      if (received.length !== expected.length || !timingSafeEqual(expected, received)) return undefined;
      const install = payload.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
      const isForCaller = install.provider === provider && install.browser === browser.toString("hex");
      return isForCaller && install.until > Date.now() ? install.answers : undefined;
    },
  };
}
