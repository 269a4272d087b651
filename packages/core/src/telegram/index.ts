export type { Gateway } from "./gateway.ts";
export { createGateway } from "./gramjs/gateway.ts";
export { telegramSettings, type TelegramApp } from "./settings.ts";
export { aboutTelegram, telegram, telegramPermissions } from "./telegram.ts";
