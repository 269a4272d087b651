import { expect, test } from "vitest";
import { localUrl } from "./local-url.ts";

test.each([
  [undefined, "http://127.0.0.1:3000"],
  ["", "http://127.0.0.1:3000"],
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["0.0.0.0", "http://127.0.0.1:3000"],
  ["::", "http://[::1]:3000"],
  ["10.1.2.3", "http://10.1.2.3:3000"],
  ["fd00::1", "http://[fd00::1]:3000"],
])("what listens on %j is reached at %s", (host, url) => {
  expect(localUrl({ host, port: 3000 })).toBe(url);
});
