import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";

/** A proxy that ends TLS on this machine, at a name. */
export interface Through {
  port: number;
  name: string;
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  cookies: string[];
  text: string;
}

type Asked = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Of an answer that does not end: enough has come when it holds this. */
  until?: RegExp;
};

const patienceMs = 10_000;

/** Asks through a proxy, as a browser does that knows it by its name. Whose certificate it has does not matter here. */
export async function throughTls({ port, name }: Through, path: string, asked: Asked = {}): Promise<Answered> {
  const { method = "GET", headers = {}, body, until } = asked;
  return await new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        servername: name,
        path,
        method,
        headers: { host: name, ...headers },
        rejectUnauthorized: false,
        agent: false,
      },
      (response) => {
        let text = "";
        const { headers: answered, statusCode: status = 0 } = response;
        const done = () => {
          resolve({ status, headers: answered, cookies: answered["set-cookie"] ?? [], text });
          sent.destroy();
        };
        response
          .on("data", (chunk: Buffer) => {
            text += chunk.toString();
            if (until?.test(text)) done();
          })
          .on("end", done)
          .on("error", reject);
      },
    );
    sent.setTimeout(patienceMs, () => sent.destroy(new Error(`${path}: nothing came in ${patienceMs} ms`)));
    sent.on("error", reject).end(body);
  });
}
