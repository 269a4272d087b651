import type { ClientAuthentication } from "./spec.ts";

/** `client_secret_basic`. Both halves are form-encoded first, as the standard asks. */
export const clientSecretBasic: ClientAuthentication = (client, _form, headers) => {
  const idAndSecret = `${formEncode(client.id)}:${formEncode(client.secret)}`;
  headers["authorization"] = `Basic ${Buffer.from(idAndSecret).toString("base64")}`;
};

/** `client_secret_post`. */
export const clientSecretPost: ClientAuthentication = (client, form) => {
  form.set("client_id", client.id);
  form.set("client_secret", client.secret);
};

/** The secret alone, as a bearer token. */
export const secretAsBearer: ClientAuthentication = (client, _form, headers) => {
  headers["authorization"] = `Bearer ${client.secret}`;
};

function formEncode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
