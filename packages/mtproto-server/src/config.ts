import type { TlObject } from "./rpc.ts";
import type { DataCentre } from "./data-centres.ts";
import type { ServerContext } from "./server-context.ts";

const buildDcOption = ({ id, host, port }: DataCentre): TlObject => ({ _: "dcOption", id, ipAddress: host, port });

/** Builds the answer to help.getConfig: the addresses of the data centres, and the numbers that Telegram sends. */
export function buildConfig({ dcs, clock }: Pick<ServerContext, "dcs" | "clock">, thisDc: number): TlObject {
  const date = Math.floor(clock.now() / 1000);
  return {
    _: "config",
    date,
    expires: date + 3600,
    testMode: false,
    thisDc,
    dcOptions: dcs.map(buildDcOption),
    dcTxtDomainName: "apv3.stel.com",
    ...limits,
    ...periods,
    meUrlPrefix: "https://t.me/",
    webfileDcId: thisDc,
  };
}

/** Builds the answer to help.getNearestDc: it is always the asked data centre. */
export const buildNearestDc = (thisDc: number): TlObject => ({
  _: "nearestDc",
  country: "",
  thisDc,
  nearestDc: thisDc,
});

const limits = {
  chatSizeMax: 200,
  megagroupSizeMax: 200_000,
  forwardedCountMax: 100,
  pushChatLimit: 2,
  stickersRecentLimit: 200,
  captionLengthMax: 1024,
  messageLengthMax: 4096,
  ratingEDecay: 2_419_200,
};

const periods = {
  onlineUpdatePeriodMs: 210_000,
  offlineBlurTimeoutMs: 5000,
  offlineIdleTimeoutMs: 30_000,
  onlineCloudTimeoutMs: 300_000,
  notifyCloudDelayMs: 30_000,
  notifyDefaultDelayMs: 1500,
  pushChatPeriodMs: 60_000,
  editTimeLimit: 172_800,
  revokeTimeLimit: 2_147_483_647,
  revokePmTimeLimit: 2_147_483_647,
  channelsReadMediaPeriod: 604_800,
  callReceiveTimeoutMs: 20_000,
  callRingTimeoutMs: 90_000,
  callConnectTimeoutMs: 30_000,
  callPacketTimeoutMs: 10_000,
};
