import { defaultWireFormat } from "./wire-format.ts";

/** Calendly's wire format. */
export const calendly = defaultWireFormat;
