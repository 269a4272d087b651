import { parentPort } from "node:worker_threads";
import { startSandbox } from "./world.ts";

const { url, telegram } = await startSandbox();
// A port of a thread, not of a window: it has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage({ url, telegram });
