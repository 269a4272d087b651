import type { IncomingMessage, ServerResponse } from "node:http";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The value of one cookie, or "". */
export function cookie({ headers }: IncomingMessage, name: string): string {
  const all = headers.cookie ?? "";
  const at = all.indexOf(`${name}=`);
  if (at === -1) return "";
  const from = at + name.length + 1;
  const end = all.indexOf(";", from);
  return end === -1 ? all.slice(from) : all.slice(from, end);
}

export function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  response.end(body);
}

export function redirect(response: ServerResponse, location: string, setCookie?: string): void {
  response.writeHead(302, {
    Location: location,
    "Content-Length": 0,
    "Cache-Control": "no-store",
    ...(setCookie !== undefined && { "Set-Cookie": setCookie }),
  });
  response.end();
}

export function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
  });
}
