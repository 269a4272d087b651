import type { Browser } from "./browser.ts";

export interface Told {
  event: string;
  data: unknown;
  /** `performance.now()` when it came. */
  at: number;
}

/** A page's open stream of server-sent events, and what has come on it so far. */
export interface Stream extends AsyncDisposable {
  told: Told[];
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
}

export async function openStream(browser: Browser, procedure: string): Promise<Stream> {
  const aborting = new AbortController();
  const response = await fetch(new URL(`/api/trpc/${procedure}`, browser.origin), {
    headers: {
      accept: "text/event-stream",
      "x-forwarded-for": browser.address,
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    },
    signal: aborting.signal,
  });
  if (response.body === null) throw new Error(`${procedure} answered ${response.status} without a body`);
  const told: Told[] = [];
  const ended = read(response.body, told).catch(() => {});
  return {
    told,
    ended,
    async [Symbol.asyncDispose]() {
      aborting.abort();
      await ended;
    },
  };
}

async function read(body: ReadableStream<Uint8Array>, told: Told[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const messages = text.split("\n\n");
    text = messages.pop() ?? "";
    for (const message of messages) told.push(parse(message));
  }
}

function parse(message: string): Told {
  const fields = message.split("\n").map((line) => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
  const of = (name: string) => fields.find(([key]) => key === name)?.[1];
  const data = of("data");
  return {
    event: of("event") ?? "message",
    data: data ? (JSON.parse(data) as unknown) : undefined,
    at: performance.now(),
  };
}
