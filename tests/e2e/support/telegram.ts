import type { Locator, Page } from "@playwright/test";
import { people } from "@patchbay/sandbox/people";
import { sandbox } from "./sandbox.ts";
import { card, expect } from "./test.ts";

/** Telegram's people in the sandbox. */
export const { lena, marco, yuki, noah } = people.telegram;

/** The code that last arrived on a phone. */
export async function codeOn(phone: string): Promise<string> {
  const [newest] = await sandbox.listLoginCodes({ phone });
  return newest?.code ?? "";
}

/** A person accepts a QR code with their phone. */
export async function scan(url: string, phone: string): Promise<void> {
  await sandbox.scanQrCode({ url, phone });
}

/** Opens the dialog. It begins with a code to scan, whose text is given. */
export async function openDialog(page: Page): Promise<{ dialog: Locator; url: string }> {
  const begun = page.waitForResponse((response) => response.url().includes("connect.begin"));
  await card(page, "Telegram").getByRole("button", { name: "Connect" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("tab", { name: "Scan a code" }).click();
  const [answer] = (await (await begun).json()) as { result: { data: { code: string } } }[];
  return { dialog, url: answer?.result.data.code ?? "" };
}

/** Opens the dialog and asks for a code. Gives the code, once the dialog asks for it. */
export async function askForCode(page: Page, phone: string): Promise<{ dialog: Locator; code: string }> {
  const { dialog } = await openDialog(page);
  await dialog.getByRole("tab", { name: "Phone number" }).click();
  await dialog.getByRole("textbox", { name: "Phone number" }).fill(phone);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("textbox", { name: /^Code/ })).toBeVisible();
  return { dialog, code: await codeOn(phone) };
}

export async function connected(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(card(page, "Telegram").getByRole("button", { name: `Disconnect ${name}` })).toBeVisible();
}
