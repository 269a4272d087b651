import { createServer, request } from "node:http";
import { connect, type AddressInfo } from "node:net";

/**
 * A proxy, as a browser is told to use one, that passes everything on at once but streams: of an event stream it lets the
 * head through and keeps the body to itself.
 */
export async function startBufferingProxy(): Promise<{
  server: string;
  held: () => number;
  stop: () => Promise<void>;
}> {
  let held = 0;
  const proxy = createServer((asked, answer) => {
    const passing = request(asked.url ?? "", { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      if (!got.headers["content-type"]?.startsWith("text/event-stream")) return got.pipe(answer);
      held += 1;
      answer.flushHeaders();
      return got.resume();
    });
    passing.on("error", () => answer.destroy());
    answer.on("close", () => passing.destroy());
    asked.pipe(passing);
  });
  // What asks for a tunnel is no browser that reads a page, and gets one.
  proxy.on("connect", ({ url = "" }, socket, head) => {
    const { hostname, port } = new URL(`http://${url}`);
    const tunnel = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      tunnel.write(head);
      tunnel.pipe(socket).pipe(tunnel);
    });
    for (const [end, other] of [
      [tunnel, socket],
      [socket, tunnel],
    ] as const)
      end.on("error", () => other.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    server: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    held: () => held,
    stop: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
