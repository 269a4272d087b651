import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createSandbox } from "@patchbay/sandbox";
import { createSandboxClient } from "@patchbay/sandbox/client";
import { people as simulated } from "@patchbay/sandbox/people";
import type { FormValues, Step } from "../../src/provider.ts";
import { createGateway, telegram } from "../../src/telegram/index.ts";

export const walk = { redirectUri: "", state: "s" };

/** Lena and Marco live at data centre 2, Yuki and Amara at 4, where the client begins. Marco and Amara have passwords. */
export const people = simulated.telegram;

export type World = Awaited<ReturnType<typeof createWorld>>;

type Place = Awaited<ReturnType<typeof startSandbox>>;

export async function startSandbox() {
  const sandbox = await createSandbox({ port: 0, appOrigins: [], telegramPort: 0 });
  const { url, telegram } = sandbox;
  if (telegram === undefined) throw new Error("the sandbox plays no Telegram");
  const { proxy, serverKeys, apiId, apiHash } = telegram;
  return { url, telegram: { proxy, serverKeys, apiId, apiHash }, close: () => sandbox.close() };
}

/** A sandbox in a thread of its own, whose sockets and memory do not count here. */
export async function sandboxInThread(): Promise<Place> {
  const thread = new Worker(new URL("sandbox-thread.ts", import.meta.url));
  const [place] = await once(thread, "message");
  return { ...place, close: async () => void (await thread.terminate()) };
}

/** The sandbox's Telegram, and the provider as a process of its own would have it: each time anew. */
export async function createWorld(place?: Place) {
  const sandbox = place ?? (await startSandbox());
  const settings = { ...sandbox.telegram, timeoutMs: 8_000 };

  const control = createSandboxClient(sandbox.url);
  const gateway = (overrides: Partial<typeof settings> = {}) => createGateway({ ...settings, ...overrides });
  const provider = (overrides: Partial<typeof settings> = {}) => telegram(settings, gateway(overrides));
  return {
    sandbox,
    control,
    gateway,
    provider,
    begin: (answers: FormValues) => provider().begin(walk, answers),
    /** Answers a step, in another process than the one that asked. */
    answer: (step: Step, answers: FormValues) =>
      provider().resume(walk, "providerState" in step ? step.providerState : {}, answers),
    /** The newest code that arrived at a number. */
    async code(phone: string): Promise<string> {
      const [newest] = await control.listLoginCodes({ phone });
      if (newest === undefined) throw new Error(`No message arrived at ${phone}.`);
      return newest.code;
    },
    scan: (step: Step, phone: string) => control.scanQrCode({ url: "code" in step ? step.code : "", phone }),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** A code that is not this one. */
export const wrong = (code: string) => (code === "00000" ? "11111" : "00000");
