import { Writable } from "node:stream";
import { pino } from "pino";
import { z } from "zod";
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

const bugLine = z.object({ err: z.object({ message: z.string() }) });

/** Lists the messages of the errors in a log that were answered with "internal", each once. */
export function listBugs(logged: string): string[] {
  const lines = logged.split("\n").filter((line) => line.includes('"msg":"request failed"'));
  return [...new Set(lines.map((line) => bugLine.parse(JSON.parse(line)).err.message))];
}
