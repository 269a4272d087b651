/** A program of its own: the least that a server of Node can do. It tells its address. */
import { createServer } from "node:http";

const server = createServer((_, response) => response.writeHead(404).end("{}"));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.(`http://127.0.0.1:${address?.port}`);
});
