import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach } from "vitest";

/** A webhook as it arrived. */
export interface Heard {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** An app that hears webhooks and answers as it is told; 200 unless told otherwise. */
export interface Listener {
  readonly url: string;
  heard: Heard[];
  reply: (heard: Heard) => Reply;
  /** Waits until so many have arrived. */
  until(count: number): Promise<Heard[]>;
}

async function hear(listener: Listener, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const heard = { path: request.url ?? "", headers: request.headers as Heard["headers"], body };
  listener.heard.push(heard);
  const { status = 200, headers = {}, body: answer = "" } = listener.reply(heard);
  response.writeHead(status, headers).end(answer);
}

export function listen(): Listener {
  const listener: Listener & { url: string } = {
    url: "",
    heard: [],
    reply: () => ({}),
    until: async (count) => {
      for (let tries = 0; listener.heard.length < count && tries < 200; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return listener.heard;
    },
  };
  const server = createServer((request, response) => {
    void hear(listener, request, response);
  });
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    listener.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    listener.heard = [];
    listener.reply = () => ({});
  });
  return listener;
}
