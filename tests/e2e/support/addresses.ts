import { randomBytes } from "node:crypto";
import { freePort } from "@patchbay/postgres";

/** A port that was free a moment ago. Found once: the workers inherit it with the environment. */
async function port(name: string): Promise<number> {
  process.env[name] ??= String(await freePort());
  return Number(process.env[name]);
}

export const ports = {
  app: await port("E2E_PORT"),
  example: await port("E2E_EXAMPLE_PORT"),
  quickstart: await port("E2E_QUICKSTART_PORT"),
  sandbox: await port("E2E_SANDBOX_PORT"),
  telegram: await port("E2E_TELEGRAM_PORT"),
};

/** Two sites to a browser, so that cookies behave as they will in life. */
export const appUrl = `http://localhost:${ports.app}`;
export const exampleUrl = `http://127.0.0.1:${ports.example}`;
/** As docs/quickstart.md has it: of the same site as Patchbay. */
export const quickstartUrl = `http://localhost:${ports.quickstart}`;
export const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;

/** The service key of the example product. Made once, as the ports are. */
export const serviceKey = (process.env["E2E_SERVICE_KEY"] ??= randomBytes(32).toString("base64url"));

/** Another key of that product, which sees Telegram alone. */
export const telegramKey = `${serviceKey}-telegram`;
