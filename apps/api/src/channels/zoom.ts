import { defaultWireFormat, type WireFormat } from "./wire-format.ts";

/** Zoom's wire format, with its own name for the ticket. */
export const zoom: WireFormat = {
  ...defaultWireFormat,
  landingParams: ({ ticket }) => ({ zoom_code: ticket }),
};
