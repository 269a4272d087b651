import type { HttpResponse } from "../http/index.ts";
import type { Access, ClientAuthentication } from "./spec.ts";

/** A form for an endpoint at which our client identifies itself. */
export interface ClientForm {
  url: string;
  fields: Readonly<Record<string, string>>;
  authenticate: ClientAuthentication;
}

/** Sends a form as our client, once: to an endpoint for tokens (RFC 6749 3.2), revocation (RFC 7009) or introspection (RFC 7662). */
export async function sendForm(
  { http, client }: Pick<Access, "http" | "client">,
  { url, fields, authenticate }: ClientForm,
): Promise<HttpResponse> {
  const form = new URLSearchParams(fields);
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  authenticate(client, form, headers);
  return await http.send(url, { method: "POST", headers, body: form.toString() });
}
