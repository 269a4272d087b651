import { defaultWireFormat, type WireFormat } from "./wire-format.ts";

export const zoom: WireFormat = {
  ...defaultWireFormat,
  landingParams: ({ ticket }) => ({ zoom_code: ticket }),
};
