import { defaultWireFormat } from "./wire-format.ts";

export const calendly = defaultWireFormat;
