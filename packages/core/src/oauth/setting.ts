import type { ProviderState } from "../provider.ts";
import type { OAuthClient, Setting } from "./spec.ts";

/** Resolves a setting of a spec for our app and the metadata of an account. */
export function resolveSetting<T>(setting: Setting<T>, client: OAuthClient, metadata: ProviderState = {}): T {
  return isDerived(setting) ? setting(client, metadata) : setting;
}

type Derived<T> = (client: OAuthClient, metadata: ProviderState) => T;

function isDerived<T>(setting: Setting<T>): setting is Derived<T> {
  return typeof setting === "function";
}
