import type { ServerResponse } from "node:http";
import { redirect } from "../http/respond.ts";

/** Sends the browser to the page. The path is a constant; what comes along are hints for display. */
export function sendToPage(response: ServerResponse, parameters: Readonly<Record<string, string>>): void {
  redirect(response, `/integrations?${new URLSearchParams(parameters).toString()}`);
}
