import { randomInt, randomUUID } from "node:crypto";

export interface Answer {
  status: number;
  headers: Headers;
  /** Where a redirect leads. */
  location: URL | undefined;
  text: string;
  json: Record<string, unknown>;
}

type Send = { method?: string; body?: unknown; headers?: Record<string, string> };

/** What a browser is to a server: it keeps cookies and follows nothing by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();
  origin: string;
  address = `2001:db8:${hex()}:${hex()}::1`;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Another browser with the same cookies, or with those of the names given. */
  copy(names: readonly string[] = [...this.cookies.keys()]): Browser {
    const other = new Browser(this.origin);
    for (const name of names) other.cookies.set(name, this.cookies.get(name) ?? "");
    return other;
  }

  async send(path: string | URL, { method = "GET", body, headers = {} }: Send = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.origin), {
      method,
      redirect: "manual",
      headers: {
        "x-forwarded-for": this.address,
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    this.#keep(response.headers.getSetCookie());
    const text = await response.text();
    const to = response.headers.get("location");
    return {
      status: response.status,
      headers: response.headers,
      location: to === null ? undefined : new URL(to, this.origin),
      text,
      json: readJson(text),
    };
  }

  get(path: string | URL, headers?: Record<string, string>): Promise<Answer> {
    return this.send(path, headers === undefined ? {} : { headers });
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.send(path, { method: "POST", body, ...(headers === undefined ? {} : { headers }) });
  }

  async signUp(): Promise<{ email: string; password: string }> {
    const account = { email: `${randomUUID()}@example.com`, password: "correct horse", name: "Test" };
    const answer = await this.post("/api/auth/sign-up/email", account);
    if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
    return account;
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      const name = pair.slice(0, equals);
      if (/max-age=0(;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(equals + 1));
    }
  }
}

function hex(): string {
  return randomInt(1, 0xffff).toString(16);
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
