import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll } from "vitest";
import { createClock } from "../../../src/clock.ts";
import { dataCentres, routeTo } from "../../../src/telegram/mtproto/data-centres.ts";
import { createMtprotoFaults, type MtprotoFaults } from "../../../src/telegram/mtproto/faults.ts";
import { createMtprotoServer, type MtprotoServer } from "../../../src/telegram/mtproto/server.ts";
import { testKey } from "../../../src/telegram/mtproto/test-key.ts";
import { type RpcCaller, RpcError, type TlObject } from "../../../src/telegram/rpc.ts";
import { createSocks5Front, type Socks5Front } from "../../../src/telegram/socks5.ts";

export interface Stage {
  readonly server: MtprotoServer;
  readonly front: Socks5Front;
  readonly faults: MtprotoFaults;
  readonly calls: { method: TlObject; caller: RpcCaller }[];
  readonly forgotten: string[];
  readonly log: string[];
  /** What the next calls wait for. */
  readonly delays: Promise<void>[];
  readonly clock: ReturnType<typeof createClock>;
}

/** What the toy handler plays: one home data centre, and two methods. */
function toyAnswer(method: TlObject, caller: RpcCaller): unknown {
  if (method._ === "help.getCountriesList")
    return { _: "help.countriesList", hash: 7, countries: Array.from({ length: 100 }, country) };
  if (method._ === "help.getSupport") return { _: "help.support" };
  if (method._ === "account.updateStatus") return method["offline"];
  if (method._ === "contacts.getContactIDs") return [1, 2, caller.dc];
  if (method._ === "auth.sendCode") {
    if (method["phoneNumber"] === "+40" && caller.dc !== 4) throw new RpcError(303, "PHONE_MIGRATE_4");
    if (method["phoneNumber"] === "+20" && caller.dc !== 2) throw new RpcError(303, "PHONE_MIGRATE_2");
    return { _: "auth.sentCode", type: { _: "auth.sentCodeTypeApp", length: 5 }, phoneCodeHash: `dc${caller.dc}` };
  }
  throw new RpcError(401, "AUTH_KEY_UNREGISTERED");
}

const country = (_none: unknown, index: number): TlObject => ({
  _: "help.country",
  iso2: `C${index}`,
  defaultName: `Country ${index}`,
  countryCodes: [{ _: "help.countryCode", countryCode: String(index), prefixes: ["1", "2"] }],
});

/** A running server behind its SOCKS front, with a toy handler. */
export async function openStage(): Promise<Stage & { close(): Promise<void> }> {
  const [faults, clock] = [createMtprotoFaults(), createClock()];
  const [calls, forgotten, log]: [Stage["calls"], string[], string[]] = [[], [], []];
  const delays: Promise<void>[] = [];
  const server = await createMtprotoServer({
    dcs: dataCentres,
    rsaKey: testKey.privatePem,
    clock,
    faults,
    log: (line) => log.push(line),
    handler: {
      answer: async (method, caller) => {
        calls.push({ method, caller });
        await delays.shift();
        return toyAnswer(method, caller);
      },
      forgotten: (id) => forgotten.push(id),
    },
  });
  const front = await createSocks5Front({ port: 0, route: routeTo(server.portOf) });
  const close = async (): Promise<void> => {
    await front.close();
    await server.close();
  };
  return { server, front, faults, calls, forgotten, log, delays, clock, close };
}

/** One stage for a file's tests; what was ordered, said and shifted in a test ends with it. */
export function stage(): Stage {
  let open: Awaited<ReturnType<typeof openStage>> | undefined;
  const current = () => {
    if (!open) throw new Error("the stage is not up yet");
    return open;
  };
  beforeAll(async () => {
    open = await openStage();
  });
  afterEach(() => {
    current().faults.clear();
    current().clock.reset();
    current().calls.length = 0;
    current().forgotten.length = 0;
    current().log.length = 0;
  });
  afterAll(() => current().close());
  return {
    get server() {
      return current().server;
    },
    get front() {
      return current().front;
    },
    get faults() {
      return current().faults;
    },
    get calls() {
      return current().calls;
    },
    get forgotten() {
      return current().forgotten;
    },
    get log() {
      return current().log;
    },
    get delays() {
      return current().delays;
    },
    get clock() {
      return current().clock;
    },
  };
}

/** A promise that does not wait for ever, as some clients do. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, ms, new Error(`nothing within ${ms} ms`));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something is so, or fails. */
export async function settled(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !isSo(); attempt += 1) await sleep(20);
  if (!isSo()) throw new Error("it never came to be so");
}
