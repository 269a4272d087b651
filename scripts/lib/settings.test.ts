import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSettings, readSettings } from "./settings.ts";

test.each<[string, string, Record<string, string>, string[]]>([
  ["plain and quoted values", 'A=1\nexport B="x # y" # said\n# C=3\n', { A: "1", B: "x # y" }, []],
  ["a comment behind a value", "A=1 # one\n", { A: "1" }, []],
  ["an address with a fragment between quotes", "A='postgres://u:p#x@h/d'\n", { A: "postgres://u:p#x@h/d" }, []],
  ["a key over several lines", 'A="-----BEGIN\nB=2\n-----END"\nC=3\n', { A: "-----BEGIN\nB=2\n-----END", C: "3" }, []],
  [
    "an unquoted #",
    "# first\nA=pass#word # said\n",
    { A: "pass#word" },
    ["The # in A (.env, line 2) is read as a part of the value. Put the value in quotes."],
  ],
  [
    "a byte order mark",
    "\uFEFFA=1\r\nB=2\r\n",
    { A: "1", B: "2" },
    [".env begins with a byte order mark, which is ignored."],
  ],
  [
    "a name twice",
    "A=1\nB=2\nA=3\n",
    { A: "3", B: "2" },
    [".env sets A twice, on lines 1 and 3. The last one counts."],
  ],
])("a .env file with %s is read", (_what, ...[text, values, notes]) => {
  expect(parseSettings(text, ".env")).toEqual({ values, notes });
});

test("a .env file that other users can read is noted", () => {
  const file = (mode: number): string => {
    const path = join(mkdtempSync(join(tmpdir(), "patchbay-settings-")), ".env");
    writeFileSync(path, "A=1\n");
    chmodSync(path, mode);
    return path;
  };
  expect(readSettings(file(0o644)).notes).toEqual([
    expect.stringMatching(/^Other users .* can read .*chmod 600 .*\.env$/),
  ]);
  expect(readSettings(file(0o600)).notes).toEqual([]);
});
