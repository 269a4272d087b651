import { freePort } from "@patchbay/postgres";

/** A port that was free a moment ago. Found once: the workers inherit it with the environment. */
async function port(name: string): Promise<number> {
  process.env[name] ??= String(await freePort());
  return Number(process.env[name]);
}

export const ports = {
  app: await port("E2E_PORT"),
  sandbox: await port("E2E_SANDBOX_PORT"),
  telegram: await port("E2E_TELEGRAM_PORT"),
};

/** Two sites to a browser, so that cookies behave as they will in life. */
export const appUrl = `http://localhost:${ports.app}`;
export const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
