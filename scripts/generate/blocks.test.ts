import { expect, test } from "vitest";
import { renderComment, renderTable, replaceBlock } from "./blocks.ts";

test("what stands between the two lines of a block is replaced, and nothing else", () => {
  const text = "before\n# begin tables: x\nold\n# end tables\nafter";
  expect(replaceBlock(text, "tables", "new")).toBe("before\n# begin tables: x\nnew\n# end tables\nafter");
});

test.each(["", "# begin tables: x", "# end tables\n# begin tables: x"])(
  "a text without a whole block is refused: %j",
  (text) => {
    expect(() => replaceBlock(text, "tables", "new")).toThrow('There is no block "tables"');
  },
);

test("the columns of a table are as wide as their widest cell", () => {
  const rows = [["provider", "path"], ["Acme", "/acme"], ["Zoom"]];
  expect(renderTable(rows)).toBe(
    "| provider | path  |\n| -------- | ----- |\n| Acme     | /acme |\n| Zoom     |       |",
  );
});

test("a comment begins a new line for each line of the text, and for what is longer than a line", () => {
  const [first, ...wrapped] = renderComment(`one\n${"word ".repeat(40).trim()}`);
  expect(first).toBe("# one");
  expect(wrapped.map((line) => line.length)).toEqual([126, 76]);
  expect(wrapped.join(" ").replaceAll("# ", "")).toBe("word ".repeat(40).trim());
});
