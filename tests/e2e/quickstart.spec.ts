import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appUrl, ports, quickstartUrl, serviceKey } from "./support/addresses.ts";
import { expectProfile } from "./support/product.ts";
import { runProgram, stopProgram, waitForAnswer } from "./support/program.ts";
import { zoom } from "./support/providers.ts";
import { decide, expect, test } from "./support/test.ts";

const root = join(import.meta.dirname, "../..");

/** The program that the quickstart tells its reader to write. */
function readProgram(): string {
  const text = readFileSync(join(root, "docs/quickstart.md"), "utf8");
  return /^```js\n(.*?)^```$/ms.exec(text)?.[1] ?? "";
}

test("the program of the quickstart has 25 lines, says when nothing was connected, and calls Zoom once its user has connected", async ({
  page,
}) => {
  expect(readProgram().trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  const folder = mkdtempSync(join(tmpdir(), "patchbay-quickstart-"));
  writeFileSync(join(folder, "product.mjs"), readProgram());
  // Its reader installs the same two packages.
  symlinkSync(join(root, "examples/product/node_modules"), join(folder, "node_modules"));
  const env = { PORT: String(ports.quickstart), PATCHBAY_URL: appUrl, PATCHBAY_KEY: serviceKey };
  const program = runProgram(join(folder, "product.mjs"), env);
  try {
    await waitForAnswer(quickstartUrl, program);
    await page.goto(quickstartUrl);
    await page.getByRole("button", { name: "Connect Zoom" }).click();
    await decide(page, zoom.person, "Deny");
    await expect(page.getByText("Nothing was connected: access_denied.", { exact: true })).toBeVisible();
    await page.goto(`${quickstartUrl}/connected?connect_session=cs_unknown&connect_code=unknown`);
    await expect(page.locator("body")).toHaveText(/^[A-Z][^\n]+\.$/);
    await page.goto(quickstartUrl);
    await page.getByRole("button", { name: "Connect Zoom" }).click();
    await decide(page, zoom.person, "Allow");
    await page.waitForURL(`${quickstartUrl}/`);
    await expectProfile(page);
  } finally {
    await stopProgram(program);
    rmSync(folder, { recursive: true, force: true });
  }
});
