import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { selfSigned } from "../../../packages/core/test/self-signed.ts";

/** Patchbay's own host, and another host of the same site. */
export const ownHost = "connect.example.test";
export const siblingHost = "evil.example.test";

/** What stands in front of Patchbay in life: TLS for its host. Every other host is what `others` answers. */
export async function startTls(
  appPort: number,
  others: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ port: number; server: Server }> {
  const server = createServer(selfSigned(), (request, response) => {
    if (request.headers.host !== ownHost) return others(request, response);
    const headers = { ...request.headers, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" };
    const { method, url } = request;
    const sent = forward({ host: "127.0.0.1", port: appPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    sent.on("error", () => response.destroy());
    response.on("close", () => sent.destroy());
    request.pipe(sent);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: (server.address() as AddressInfo).port, server };
}
