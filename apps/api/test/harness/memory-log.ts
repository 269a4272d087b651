import { Writable } from "node:stream";
import { pino } from "pino";
import { logOptions } from "../../src/log.ts";

/** A log, and everything that was written to it. */
export function createMemoryLog() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { log: pino(logOptions("debug"), sink), logged: () => lines.join("") };
}
