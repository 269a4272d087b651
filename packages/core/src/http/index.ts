export type { Answer } from "./exchange.ts";
export { createGate, type Gate, type GateOptions, type GateRequest } from "./gate.ts";
export { readJson, readRetryAfter, refuseTransient, tryJson } from "./judge.ts";
export { Unanswered, Unclear } from "./unclear.ts";
