import { request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { Browser } from "./browser.ts";

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

type Raw = { method?: string; headers?: Record<string, string>; body?: string | Buffer; browser?: Browser };

/** A request with exactly this path and these headers: fetch normalises the one, and adds to the others. */
export function raw(url: string | URL, { method = "GET", headers = {}, body, browser }: Raw = {}): Promise<RawAnswer> {
  const cookie = [...(browser?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  const { hostname, port, origin } = new URL(url);
  const path = String(url).slice(origin.length);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers: { ...(cookie && { cookie }), ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on("data", (chunk: Buffer) => chunks.push(chunk))
          .on("end", () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          })
          .on("error", reject);
      },
    );
    sent.on("error", reject).end(body);
  });
}

/** Sends bytes as they are. Gives what comes back until the server hangs up. */
export function rawBytes(url: string, bytes: string | Buffer): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), "localhost", () => socket.write(bytes));
    socket
      .on("data", (chunk) => chunks.push(chunk))
      .on("end", () => resolve(Buffer.concat(chunks).toString("latin1")))
      .on("error", (failure) =>
        chunks.length > 0 ? resolve(Buffer.concat(chunks).toString("latin1")) : reject(failure),
      );
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer in five seconds")));
  });
}
