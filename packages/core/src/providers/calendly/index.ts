import { defaultWireFormat } from "../../wire-format.ts";
import type { ProviderModule } from "../provider-module.ts";
import { calendlySettings } from "./settings.ts";
import { calendlySpec } from "./spec.ts";

/** Calendly. */
export const calendly: ProviderModule = {
  spec: calendlySpec,
  settings: calendlySettings,
  wireFormat: defaultWireFormat,
};
