import { Agent, request, type IncomingHttpHeaders } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Sending {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  agent?: Agent;
  timeoutMs?: number;
}

/** Nobody answered: the process is gone, or was killed meanwhile. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export const newAgent = (): Agent => new Agent({ keepAlive: true, maxFreeSockets: 2000 });

const shared = newAgent();

/** One request over connections that are kept. Throws `NoAnswer`. */
export function send(url: string | URL, sending: Sending = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body, agent = shared, timeoutMs = 30_000 } = sending;
  return new Promise((resolve, reject) => {
    const lost = (cause: Error) => reject(new NoAnswer(cause.message, { cause }));
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", lost);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    sent.on("error", lost);
    sent.end(body);
  });
}

export const jsonType = { "content-type": "application/json" };

export async function postJson(url: string | URL, body: unknown, sending: Sending = {}): Promise<Answer> {
  const headers = { ...jsonType, ...sending.headers };
  return await send(url, { ...sending, method: "POST", headers, body: JSON.stringify(body) });
}

export function postForm(url: string, form: Record<string, string>, headers = {}): Promise<Answer> {
  return send(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

/** So many at a time of this work, for all of the items. */
export async function inParallel<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const turns = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let turn = turns.next(); turn.done !== true; turn = turns.next()) await work(turn.value);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
