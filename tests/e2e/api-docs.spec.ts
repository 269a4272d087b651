import { expect, test } from "@playwright/test";
import { appUrl } from "./support/addresses.ts";

test("the page of the API shows every operation, within its policy and without a request to another host", async ({
  page,
}) => {
  const [complaints, elsewhere]: [string[], string[]] = [[], []];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(appUrl).origin) elsewhere.push(request.url());
  });
  await page.goto("/api/docs");
  await expect(page.getByRole("heading", { name: /Patchbay/ })).toBeVisible();
  const { paths } = (await (await page.request.get("/api/openapi.json")).json()) as { paths: Record<string, object> };
  const count = Object.values(paths).flatMap((methods) => Object.keys(methods)).length;
  await expect(page.locator(".opblock")).toHaveCount(count);
  await page.getByText("List the connections that the key sees").click();
  await expect(page.getByText("tag.plan=pro")).toBeVisible();
  // The API refuses browsers: nobody is asked for a service key, and nothing can be tried out.
  await expect(page.getByRole("button", { name: /authorize|try it out/i })).toHaveCount(0);
  expect([complaints, elsewhere]).toEqual([[], []]);
});
