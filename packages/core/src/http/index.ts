export type { Proxy } from "./agents.ts";
export type { Answer } from "./exchange.ts";
export { createGate, type Gate, type GateOptions, type GateRequest } from "./gate.ts";
export { parseJsonAs, readJson, readRetryAfter, refuseTransient, tryJson, unrecognised } from "./judge.ts";
export { Unanswered, Unclear } from "./unclear.ts";
