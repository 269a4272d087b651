import type { Response } from "express";

/** Sends the browser to the page. The path is a constant; what comes along are hints for display. */
export function sendToPage(response: Response, parameters: Readonly<Record<string, string>>): void {
  response.redirect(302, `/integrations?${new URLSearchParams(parameters).toString()}`);
}
