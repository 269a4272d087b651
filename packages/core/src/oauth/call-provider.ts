import type { z } from "zod";
import { ConnectError } from "../errors.ts";
import { parseJsonBody, assertNotTransient, type HttpResponse, type ProviderRequest } from "../http/index.ts";
import type { Access } from "./spec.ts";

type Call<T> = ProviderRequest & {
  url: string;
  schema: z.ZodType<T>;
  /** The name of the endpoint, for the log. */
  endpoint: string;
  /** Whether a response says that a scope is missing. */
  lacksScope?: (response: HttpResponse) => boolean;
  /** Whether a response says that the access token belongs to no living grant. */
  isDead?: (response: HttpResponse) => boolean;
};

/** Calls a provider's API as the user, once, and parses the response. */
export async function callProvider<T>(
  access: Access,
  { url, schema, endpoint, lacksScope, isDead, ...request }: Call<T>,
): Promise<T> {
  const response = await access.http.send(url, {
    ...request,
    headers: { authorization: `Bearer ${access.credentials.accessToken ?? ""}`, ...request.headers },
  });
  assertNotTransient(response, endpoint);
  if (lacksScope?.(response))
    throw new ConnectError("scope_missing", `${endpoint} answered ${response.status}: a scope is missing`);
  if (isDead?.(response))
    throw new ConnectError("grant_rejected", `${endpoint} answered ${response.status}: a dead token`);
  if (response.status !== 200) throw new ConnectError("provider_misbehaved", `${endpoint} answered ${response.status}`);
  return parseJsonBody(response, schema, endpoint);
}
