import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { postJson } from "./http.ts";

/** Somebody who is signed in. */
export interface Session {
  user: string;
  cookie: string;
}

export async function signUp(url: string): Promise<Session> {
  const account = { email: `${randomUUID()}@example.com`, password: "correct horse", name: "Prove" };
  const answer = await postJson(`${url}/api/auth/sign-up/email`, account);
  if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
  const { user } = JSON.parse(answer.text) as { user: { id: string } };
  const cookie = (answer.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
  return { user: user.id, cookie };
}

/** An open page's stream of news. */
export interface Stream {
  /** When the next change is told, in milliseconds. Undefined: not within that time. */
  next(withinMs: number): Promise<number | undefined>;
  close(): void;
}

/** Opens a stream and waits until it stands. */
export async function openStream(url: string, cookie: string): Promise<Stream> {
  const sent = request(`${url}/api/trpc/connections.watch`, { headers: { cookie, accept: "text/event-stream" } });
  const standing = Promise.withResolvers<void>();
  let tell: (at: number) => void = () => {};
  const failed = (why: string) => standing.reject(new Error(`the stream did not open: ${why}`));
  sent.on("error", ({ message }) => failed(message));
  sent.on("response", (response) => {
    if (response.statusCode !== 200) failed(`status ${response.statusCode}`);
    const lines = createInterface({ input: response });
    lines.on("error", () => {});
    lines.on("line", (line) => {
      if (line.includes('"open"')) standing.resolve();
      if (line.includes('"changed"')) tell(Date.now());
    });
  });
  sent.end();
  await standing.promise;
  return {
    next: (withinMs) =>
      new Promise((resolve) => {
        const late = setTimeout(() => resolve(undefined), withinMs);
        tell = (at) => {
          clearTimeout(late);
          resolve(at);
        };
      }),
    close: () => void sent.destroy(),
  };
}
