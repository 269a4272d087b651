import { afterAll, beforeAll, beforeEach } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";

export type Json = Record<string, unknown>;

/** A person who has consented, as `POST /_/mint` creates them. */
export interface Minted {
  person: string;
  account: string;
  shop: string;
  accessToken: string;
  refreshToken: string;
}

/** Creates a person who has consented. */
export async function mintOne(sandbox: Bench, provider: string): Promise<Minted> {
  const [one] = (await sandbox.control("mint", { provider, count: 1 })) as unknown as Minted[];
  if (one === undefined) throw new Error("nobody was minted");
  return one;
}

/** A running sandbox, forgetful between tests, and the few requests that an app and a browser make of it. */
export interface Bench {
  readonly origin: string;
  url(path: string): string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  form(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Answers the consent page and returns where the browser is sent. */
  consent(path: string, fields: Record<string, string>): Promise<URL>;
  control(action: string, body?: unknown): Promise<Json>;
  read(what: string): Promise<Json>;
}

export const appOrigin = "http://localhost:3000";

export function bench(settings: Record<string, Json> = {}, options: { telegramPort?: number } = {}): Bench {
  let sandbox: Sandbox;
  const appOrigins = [appOrigin, "http://127.0.0.1:3000"];
  beforeAll(async () => {
    sandbox = await createSandbox({ port: 0, appOrigins, settings, ...options });
  });
  afterAll(() => sandbox.close());

  const url = (path: string): string => `${sandbox.url}${path}`;
  const get = (path: string, headers = {}) => fetch(url(path), { headers, redirect: "manual" });
  const form: Bench["form"] = (path, fields, headers = {}) =>
    fetch(url(path), { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" });
  const post: Bench["post"] = (path, body, headers = {}) =>
    fetch(url(path), {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
      redirect: "manual",
    });
  const control: Bench["control"] = async (action, body = {}) => {
    const answer = await post(`/_/${action}`, body);
    if (!answer.ok) throw new Error(await answer.text());
    return json(answer);
  };
  beforeEach(() => control("reset"));

  return {
    get origin() {
      return sandbox.url;
    },
    url,
    get,
    form,
    post,
    consent: async (path, fields) => locationOf(await form(path, fields)),
    control,
    read: async (what) => json(await get(`/_/${what}`)),
  };
}

export const json = async (response: Response): Promise<Json> => (await response.json()) as Json;

function locationOf(response: Response): URL {
  const location = response.headers.get("location");
  if (response.status !== 302 || location === null) throw new Error(`no redirect but ${response.status}`);
  return new URL(location);
}

export const withQuery = (path: string, fields: Record<string, string>): string =>
  `${path}?${new URLSearchParams(fields).toString()}`;

export const parameter = (url: URL, name: string): string => url.searchParams.get(name) ?? "";

export const basicAuth = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

export const bearerAuth = (token: unknown): Record<string, string> => ({ authorization: `Bearer ${String(token)}` });

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
