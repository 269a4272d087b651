import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createSandbox } from "@patchbay/sandbox";
import type { FormValues, Step } from "../../src/provider.ts";
import { createGateway, telegram } from "../../src/telegram/index.ts";

export const walk = { redirectUri: "", state: "s" };

/**
 * People of the sandbox, without and with a password. Lena and Marco live at data centre 2, Yuki and Amara at 4, where
 * the client begins.
 */
export const people = {
  lena: { phone: "+12025550101", id: "6120443871" },
  marco: { phone: "+12025550102", id: "7034918265", password: "espresso doppio" },
  yuki: { phone: "+61491570156", id: "402771936" },
  amara: { phone: "+33639980104", id: "5581207394", password: "Höhenweg-42" },
  noah: { phone: "+12025550106" },
  victor: { phone: "+12025550107" },
} as const;

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

  async function control(path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${sandbox.url}/_/${path}`, {
      ...(body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the control door answered ${response.status} to ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  const gateway = (overrides: Partial<typeof settings> = {}) => createGateway({ ...settings, ...overrides });
  const provider = (overrides: Partial<typeof settings> = {}) => telegram(settings, gateway(overrides));
  return {
    sandbox,
    control,
    gateway,
    provider,
    begin: (answers: FormValues) => provider().begin(walk, answers),
    /** Answers a step, in another process than the one that asked. */
    answer: (step: Step, answers: FormValues) => provider().resume(walk, "notes" in step ? step.notes : {}, answers),
    /** The newest code that arrived at a number. */
    async code(phone: string): Promise<string> {
      const messages = await control(`telegram/messages?phone=${encodeURIComponent(phone)}`);
      const [newest] = messages as { code: string }[];
      if (newest === undefined) throw new Error(`no message arrived at ${phone}`);
      return newest.code;
    },
    scan: (step: Step, phone: string) => control("telegram/scan", { url: "code" in step ? step.code : "", phone }),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** A code that is not this one. */
export const wrong = (code: string) => (code === "00000" ? "11111" : "00000");
