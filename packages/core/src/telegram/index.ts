export type { Gateway } from "./gateway.ts";
export { createGateway, type GatewaySettings } from "./gramjs/gateway.ts";
export { aboutTelegram, telegram } from "./telegram.ts";
