import { afterAll, afterEach, beforeAll } from "vitest";
import { dataCentres, routeToDataCentre } from "../src/data-centres.ts";
import { createMtprotoFaults, type MtprotoFaults } from "../src/faults.ts";
import { createMtprotoServer, type MtprotoServer } from "../src/server.ts";
import { testKey } from "../src/crypto/test-key.ts";
import { type RpcCaller, RpcError, type TlObject } from "../src/rpc.ts";
import { createSocks5Proxy, type Socks5Proxy } from "../src/socks5/proxy.ts";

export interface TestServer {
  readonly server: MtprotoServer;
  readonly proxy: Socks5Proxy;
  readonly faults: MtprotoFaults;
  readonly calls: { method: TlObject; caller: RpcCaller }[];
  readonly forgotten: string[];
  readonly log: string[];
  /** What the next calls wait for. */
  readonly delays: Promise<void>[];
  readonly clock: ReturnType<typeof createShiftedClock>;
}

/** Real time, which a test can move ahead. */
function createShiftedClock() {
  let shift = 0;
  return {
    now: () => Date.now() + shift,
    advance: (ms: number) => {
      shift += ms;
    },
    reset: () => {
      shift = 0;
    },
  };
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
export async function startTestServer(): Promise<TestServer & { close(): Promise<void> }> {
  const [faults, clock] = [createMtprotoFaults(), createShiftedClock()];
  const [calls, forgotten, log]: [TestServer["calls"], string[], string[]] = [[], [], []];
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
      onKeyDestroyed: (id) => forgotten.push(id),
    },
  });
  const front = await createSocks5Proxy({ port: 0, route: routeToDataCentre(server.portOf) });
  const close = async (): Promise<void> => {
    await front.close();
    await server.close();
  };
  return { server, proxy: front, faults, calls, forgotten, log, delays, clock, close };
}

/** One stage for a file's tests; what was ordered, said and shifted in a test ends with it. */
export function useTestServer(): TestServer {
  let open: Awaited<ReturnType<typeof startTestServer>> | undefined;
  const current = () => {
    if (!open) throw new Error("the stage is not up yet");
    return open;
  };
  beforeAll(async () => {
    open = await startTestServer();
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
    get proxy() {
      return current().proxy;
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
