import { createHash, randomBytes } from "node:crypto";
import { raw, type RawAnswer } from "./raw.ts";

/** A key as an operator makes it. */
export const newKey = (): string => randomBytes(32).toString("base64");

/** An entry of SERVICE_KEYS. */
export function entryOf(name: string, key: string, ...providers: string[]): string {
  return [name, sha256(key), ...(providers.length ? [providers.join("+")] : [])].join(":");
}

/** An entry of SERVICE_KEYS that names rights, and providers if there are any. */
export function entryWithRights(
  name: string,
  key: string,
  { rights, providers = [] }: { rights: string[]; providers?: string[] },
): string {
  return [name, sha256(key), providers.join("+"), rights.join("+")].join(":");
}

const sha256 = (key: string): string => createHash("sha256").update(key).digest("hex");

export type Said = RawAnswer & { json: Record<string, unknown> };
type Asked = { method?: string; headers?: Record<string, string>; body?: string };

/** A product's back end: a program with a key, which sends no header that it does not mean. */
export function createBackEnd(url: string, key?: string) {
  const send = async (path: string, { headers = {}, ...rest }: Asked = {}): Promise<Said> => {
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const answer = await raw(new URL(path, `${url}/api/v1/connections/`), {
      ...rest,
      headers: { ...authorization, ...headers },
    });
    return { ...answer, json: answer.text === "" ? {} : (JSON.parse(answer.text) as Said["json"]) };
  };
  return {
    send,
    list: (user: string) => send(`?user=${encodeURIComponent(user)}`),
    token: (id: unknown, body?: unknown) =>
      send(`${encodeURIComponent(String(id))}/token`, {
        method: "POST",
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      }),
  };
}
