export { createGate, Unanswered, Unclear, type Answer, type Gate, type GateOptions, type GateRequest } from "./gate.ts";
export { readJson, readRetryAfter, refuseTransient, tryJson } from "./judge.ts";
