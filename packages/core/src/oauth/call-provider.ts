import type { z } from "zod";
import { ConnectError } from "../errors.ts";
import { parseJsonBody, assertNotTransient, type HttpResponse, type ProviderRequest } from "../http/index.ts";
import type { Access } from "./spec.ts";

type Call<T> = ProviderRequest & {
  url: string;
  shape: z.ZodType<T>;
  /** What the log calls the endpoint. */
  what: string;
  /** Whether a refusal means that a scope is missing. */
  lacksScope?: (answer: HttpResponse) => boolean;
  /** Whether the provider says that the access token is none of a living grant. */
  isDead?: (answer: HttpResponse) => boolean;
};

/** Calls a provider's API as the user, once, and reads the answer as one shape. */
export async function callProvider<T>(
  access: Access,
  { url, shape, what, lacksScope, isDead, ...request }: Call<T>,
): Promise<T> {
  const answer = await access.http.send(url, {
    ...request,
    headers: { authorization: `Bearer ${access.credentials.accessToken ?? ""}`, ...request.headers },
  });
  assertNotTransient(answer, what);
  if (lacksScope?.(answer))
    throw new ConnectError("scope_missing", `${what} answered ${answer.status}: a scope is missing`);
  if (isDead?.(answer)) throw new ConnectError("grant_rejected", `${what} answered ${answer.status}: a dead token`);
  if (answer.status !== 200) throw new ConnectError("provider_misbehaved", `${what} answered ${answer.status}`);
  return parseJsonBody(answer, shape, what);
}
