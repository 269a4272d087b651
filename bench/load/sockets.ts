import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Sent } from "../contender/contender.ts";

/** An answer, and how long after the beginning of its burst it was there. */
export interface Late {
  ms: number;
  status: number;
  body: string;
}

/** Open connections that a burst goes out on, all at one moment. */
export interface Sockets {
  /** Sends one request on each, and gives the answers in the same order. */
  burst(request: (nth: number) => Sent): Promise<Late[]>;
  close(): void;
}

const atOnce = 100;
const patienceMs = 30_000;

/** Opens connections to the addresses in turn, and lets each answer once, so that the servers know them. */
export async function openSockets(urls: readonly string[], count: number): Promise<Sockets> {
  const sockets: Socket[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from(
      { length: Math.min(atOnce, count - from) },
      (_, at) => urls[(from + at) % urls.length] ?? "",
    );
    sockets.push(...(await Promise.all(some.map(open))));
  }
  const burst: Sockets["burst"] = (request) => send(sockets, request);
  await burst(() => ({ method: "GET", path: "/healthz", headers: {} }));
  return { burst, close: () => sockets.forEach((socket) => socket.destroy()) };
}

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  // An end that nobody waits for is no failure of the burst; in one, it shows as an answer that never comes.
  socket.on("error", () => {});
  return socket;
}

async function send(sockets: readonly Socket[], request: (nth: number) => Sent): Promise<Late[]> {
  const letters = sockets.map((_, nth) => letter(request(nth)));
  const began = performance.now();
  const answers = sockets.map((socket) => answerOf(socket, began));
  for (const [nth, socket] of sockets.entries()) socket.write(letters[nth] ?? "");
  return await Promise.all(answers);
}

export function letter({ method, path, headers, body = "" }: Sent): string {
  const length = method === "POST" ? { "content-length": String(Buffer.byteLength(body)) } : {};
  const lines = Object.entries({ host: "127.0.0.1", ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [`${method} ${path} HTTP/1.1`, ...lines, "", body].join("\r\n");
}

function answerOf(socket: Socket, began: number): Promise<Late> {
  return new Promise((resolve) => {
    let text = "";
    const settle = (answer: Omit<Late, "ms">): void => {
      socket.off("data", take).off("close", lost);
      clearTimeout(late);
      resolve({ ms: performance.now() - began, ...answer });
    };
    const take = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      const answer = whole(text);
      if (answer !== undefined) settle(answer);
    };
    const lost = (): void => settle({ status: 0, body: "" });
    const late = setTimeout(lost, patienceMs);
    socket.on("data", take).on("close", lost);
  });
}

/** An answer whose length is told. Undefined while it is not all there. */
function whole(text: string): Omit<Late, "ms"> | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const body = text.slice(end + 4);
  return body.length < length ? undefined : { status: Number(text.slice(9, 12)), body };
}
