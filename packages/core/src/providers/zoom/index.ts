import { defaultWireFormat } from "../../wire-format.ts";
import type { ProviderModule } from "../provider-module.ts";
import { zoomSettings } from "./settings.ts";
import { zoomSpec } from "./spec.ts";

/** Zoom. */
export const zoom: ProviderModule = {
  spec: zoomSpec,
  settings: zoomSettings,
  // Zoom has its own name for the ticket.
  wireFormat: { ...defaultWireFormat, landingParams: ({ ticket }) => ({ zoom_code: ticket }) },
};
