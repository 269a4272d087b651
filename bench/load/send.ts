import { Agent, request } from "node:http";
import type { Answer, Send } from "../contender/contender.ts";

/** A client with connections that are kept. */
export function createSend(url: string, sockets: number): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const { hostname, port } = new URL(url);
  const send: Send = ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const length = method === "POST" ? { "content-length": String(Buffer.byteLength(body ?? "")) } : {};
      const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text } satisfies Answer);
        });
      });
      sent.setTimeout(20_000, () => sent.destroy(new Error(`${path} is not answered`)));
      sent.on("error", reject).end(body);
    });
  return { send, close: () => agent.destroy() };
}
