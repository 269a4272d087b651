/** A program of its own: whenever it is told so, asks an address for a while, and tells how long each answer took. */
import { Agent, get } from "node:http";

const [address = ""] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const everyMs = 5;

process.on("message", (forMs: number) => {
  const asked: Promise<number>[] = [];
  // Whether or not the one before was answered: whoever waits for that meets a long pause once, and others meet it all the while.
  const asking = setInterval(() => asked.push(ask()), everyMs);
  setTimeout(() => {
    clearInterval(asking);
    void Promise.all(asked).then((took) => process.send?.(took));
  }, forMs);
});

async function ask(): Promise<number> {
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    get(address, { agent }, (response) => response.resume().on("end", resolve)).on("error", reject);
  });
  return performance.now() - began;
}
