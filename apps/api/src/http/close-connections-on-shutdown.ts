import type { RequestListener, ServerResponse } from "node:http";

/**
 * Once a stop begins, each answer is the last on its connection: those that are under way, and those to what still comes. A
 * server that is closed lets go of a connection only when nothing has been asked on it for a while.
 */
export function closeConnectionsOnShutdown(listener: RequestListener, stopping: AbortSignal): RequestListener {
  const openResponses = new Set<ServerResponse>();
  stopping.addEventListener("abort", () => openResponses.forEach(closeAfterwards), { once: true });
  return (request, response) => {
    openResponses.add(response);
    response.once("close", () => openResponses.delete(response));
    if (stopping.aborted) closeAfterwards(response);
    listener(request, response);
  };
}

function closeAfterwards(response: ServerResponse): void {
  response.shouldKeepAlive = false;
  // A stream has said already that its connection is kept.
  const { socket } = response.req;
  response.once("finish", () => socket.destroySoon());
}
