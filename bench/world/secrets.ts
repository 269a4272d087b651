import { createHash } from "node:crypto";

/** Secrets of the benchmark alone, the same in every run, so that what is sealed in one fits the next. */
const derived = (name: string): Buffer => createHash("sha256").update(`bench ${name}`).digest();

export const authSecret = derived("sign-in").toString("hex");
export const serviceKey = derived("service").toString("base64");
export const encryptionKeyId = "bench";
export const encryptionKey = derived("encryption");
export const webhookSecret = `whsec_${derived("webhook").toString("hex")}`;
export const clientId = (provider: string): string => `bench-sandbox-${provider}`;
export const clientSecret = (provider: string): string => derived(provider).toString("hex");
export const stripeKey = `sk_test_${derived("stripe").toString("hex")}`;
