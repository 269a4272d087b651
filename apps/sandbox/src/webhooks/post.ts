import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Letter } from "./letter.ts";
import { elsewhere, isLoopback } from "./loopback.ts";

/** What came of one attempt; status 0 where there was no answer, and the body then says why. */
export interface Outcome {
  readonly status: number;
  readonly body: string;
}

export interface Wire {
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

const longest = 65_536;

/** Posts a letter once, follows no redirect and never throws. */
export async function post(letter: Letter, wire: Wire): Promise<Outcome> {
  if (!isLoopback(letter.url)) return { status: 0, body: elsewhere };
  if (wire.signal.aborted) return { status: 0, body: "The sandbox is closing." };
  const { sent, outcome } = attempt(letter, wire);
  const { lost, ...came } = await outcome;
  return lost && sent.reusedSocket ? post(letter, wire) : came;
}

interface Attempt {
  readonly sent: ClientRequest;
  readonly outcome: Promise<Outcome & { readonly lost: boolean }>;
}

/** `lost`: the other side had closed a connection that was kept open for it, before it read anything. */
function attempt({ url, headers, body, deadlineMs }: Letter, { agent, signal }: Wire): Attempt {
  const length = Buffer.byteLength(body);
  const sent = request(url, { method: "POST", agent, signal, headers: { ...headers, "content-length": length } });
  let late: NodeJS.Timeout | undefined;
  const outcome = new Promise<Outcome & { lost: boolean }>((resolve) => {
    // Waiting for one's turn is not counted.
    sent.on("socket", () => {
      late = setTimeout(() => sent.destroy(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs).unref();
    });
    sent.on("error", (error) =>
      resolve({ status: 0, body: error.message, lost: "code" in error && error.code === "ECONNRESET" }),
    );
    sent.on("response", (response) => {
      read(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, body: text, lost: false }),
        (error: unknown) => resolve({ status: 0, body: String(error), lost: false }),
      );
    });
    sent.end(body);
  });
  return { sent, outcome: outcome.finally(() => clearTimeout(late)) };
}

/** The answer's text, of which only the beginning is kept. */
async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < longest) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, longest).toString("utf8");
}
