import { Agent, request } from "node:http";
import { providerUrl } from "../contender/settings.ts";

const { hostname, port } = new URL(providerUrl);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One call to the provider over connections that are kept. A body makes it a POST. */
export function call<T>(path: string, authorization: string, body?: string): Promise<T> {
  const headers = {
    authorization,
    accept: "application/json",
    ...(body !== undefined && {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": Buffer.byteLength(body),
    }),
  };
  const method = body === undefined ? "GET" : "POST";
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, agent, headers, timeout: 10_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode !== 200) return reject(new Error(`the provider answered ${answer.statusCode}`));
        resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as T);
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("the provider does not answer")));
    sent.on("error", reject).end(body);
  });
}
