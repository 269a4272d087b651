import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");
const example = join(folder, "examples/connect.ts");

test("the README shows the example as it is", () => {
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(`\`\`\`ts\n${readFileSync(example, "utf8")}\`\`\``);
});

test("the example of the README runs", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [example]);
  expect(stdout.split("\n")).toEqual([
    "The first exchange was answered with 503.",
    "The second exchange was answered with 200.",
    "One code was used 2 times; Zoom has 1 grant.",
    "",
  ]);
});
