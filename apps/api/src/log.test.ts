import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { ConnectError } from "@patchbay/core/errors";
import { logFailure, logOptions } from "./log.ts";

/** The line that a call writes. */
function line(write: (log: pino.Logger) => void): string {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  write(pino(logOptions("debug"), sink));
  return lines.join("");
}

const canary = "canary-4f1c";

describe("a line of the log", () => {
  test("a line of the log has nothing of an error but its name, message, code and stack, nor of what caused it", () => {
    const own = { detail: canary, where: canary, parameters: [canary], request: { headers: { cookie: canary } } };
    const cause = Object.assign(new Error("null value in column"), own, { code: "23502" });
    const err = Object.assign(new Error("not stored", { cause }), own);
    const written = line((log) => log.error({ err }, "request failed"));
    expect(written).toContain("null value in column");
    expect(written).toContain("23502");
    expect(written).not.toContain(canary);
  });

  test("a line of the log shows a bug as an error with its stack, and a provider's fault as a warning", () => {
    const bug = new ConnectError("internal", "the account could not be identified", { cause: new TypeError("bug") });
    expect(JSON.parse(line((log) => logFailure(log, bug, {})))).toMatchObject({
      level: 50,
      msg: "request failed: internal",
      err: { type: "TypeError", stack: expect.stringContaining("log.test.ts") as string },
    });
    const fault = new ConnectError("provider_misbehaved", "another shape");
    expect(JSON.parse(line((log) => logFailure(log, fault, {})))).toMatchObject({ level: 40 });
  });

  test("a line of the log tells each of several errors, and no more than a few", () => {
    const lost = new Error("the database is away");
    const err = new AggregateError([new Error("refused"), lost], "neither of both", { cause: lost });
    const told = JSON.parse(line((log) => log.error({ err }, "request failed"))) as { err: object };
    expect(told.err).toMatchObject({
      cause: { message: lost.message },
      errors: [{ message: "refused" }, { message: lost.message }],
    });
    const many = new AggregateError(Array.from({ length: 100 }, () => new AggregateError([err])));
    expect(line((log) => log.error({ err: many }, "request failed")).length).toBeLessThan(100_000);
  });

  test.each([
    ["an escape", "\u001b[31m"],
    ["a new line", "\n"],
    ["a zero byte", "\u0000"],
    ["the other escape", "\u009b31m"],
    ["a turn to the left", "\u202e"],
    ["an isolate", "\u2066"],
    ["a mark", "\u200f"],
    ["a line separator", "\u2028"],
  ])("a line of the log loses %s, wherever it stands", (_, character) => {
    const text = `a${character}b`;
    const err = Object.assign(new Error(text), { code: text });
    const written = line((log) => log.warn({ err, path: text, deep: { list: [text] }, [text]: 1 }, text));
    const fields = JSON.parse(written) as { msg: string; path: string; err: { stack: string } };
    const expected = text.replace(/[^ -~]/gu, "");
    expect([fields.msg, fields.path]).toEqual([expected, expected]);
    fields.err.stack = "";
    expect(JSON.stringify(fields)).not.toMatch(/[^ -~]|\\[nu]/);
  });

  test("a line of the log is bounded, whatever a stranger sends", () => {
    const text = "x".repeat(100_000);
    const err = new Error(text);
    const written = line((log) =>
      log.warn(
        { err, path: text, list: Array.from({ length: 10_000 }, () => "entry"), deep: { a: { b: text } } },
        text,
      ),
    );
    expect(written.length).toBeLessThan(20_000);
  });
});
