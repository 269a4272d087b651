import { beforeEach, expect, test } from "vitest";
import type { Config } from "../src/config/config.ts";
import { createBackEnd, entryOf, newKey } from "./harness/back-end.ts";
import type { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect, list, type Row } from "./harness/walk.ts";
import { createCredentialProcess, expire, stateOf } from "./credentials/credential-process.ts";

type Clients = Config["providers"]["clients"];

const key = newKey();

let browser: Browser;
let userId: string;
let rows: Row[];

const world = await openWorld({ env: { WORKERS: "0", SERVICE_KEYS: entryOf("crm", key) } });
beforeEach(async () => {
  browser = await world.signedIn();
  rows = [await connect(browser, getSubject("zoom")), await connect(browser, getSubject("calendly"))];
  const [user] = await world.sql<{ user_id: string }>("select user_id from connection where id = $1", [rows[0]?.id]);
  userId = user?.user_id ?? "";
});

/** The user's list as each of those who may see it is told by a process in which these apps are set up. */
async function listsBy(clients: Clients) {
  const running = await world.another({ providers: { ...world.config.providers, clients } });
  try {
    const page = await browser.get(new URL("/api/trpc/connections.list", running.url));
    const rest = await browser.get(new URL("/api/v1/channels/", running.url));
    const service = await createBackEnd(running.url, key).list(userId);
    const shown = (found: { provider: string; status: string; reason: string | null }[]) =>
      Object.fromEntries(found.map(({ provider, status, reason }) => [provider, [status, reason]]));
    return [
      shown((page.json["result"] as { data: Parameters<typeof shown>[0] }).data),
      shown(JSON.parse(rest.text) as Parameters<typeof shown>[0]),
      shown(service.json["connections"] as Parameters<typeof shown>[0]),
    ];
  } finally {
    await running.stop();
  }
}

const works = ["active", null];
const waits = ["needs_reconnect", "provider_not_configured"];
const toEach = <Told>(told: Told) => [told, told, told];

const otherwise: [string, (zoom: NonNullable<Clients["zoom"]>) => Clients["zoom"]][] = [
  ["was taken out", () => undefined],
  ["is set up with another client id", (zoom) => ({ ...zoom, id: "another" })],
  ["is set up in another mode", (zoom) => ({ ...zoom, mode: "another" })],
];

/** What is set up, with Zoom otherwise. */
function apps(change: (typeof otherwise)[number][1]): Clients {
  const { zoom, ...others } = world.config.providers.clients;
  if (zoom === undefined) throw new Error("Zoom is not set up");
  const changed = change(zoom);
  return changed === undefined ? others : { ...others, zoom: changed };
}

test.each(otherwise)(
  "an account of a provider that %s is not said to work, until its app is set up again",
  async (_how, change) => {
    const stored = await world.sql("select id, status, reason, version from credential order by id");
    expect(await listsBy(apps(change))).toEqual(toEach({ zoom: waits, calendly: works }));
    expect(await world.sql("select id, status, reason, version from credential order by id")).toEqual(stored);
    expect(await listsBy(world.config.providers.clients)).toEqual(toEach({ zoom: works, calendly: works }));
  },
);

test.each(otherwise)(
  "no token is refreshed of a provider that %s, until its app is set up again",
  async (_how, change) => {
    const id = rows[0]?.id ?? 0;
    const { id: credential } = await stateOf(world, id);
    await expire(world, id);
    await using without = createCredentialProcess(world, { clients: apps(change) });
    const asked = (await world.control.listCalls()).calls.length;
    await without.maintain(credential);
    expect(await without.tryIssue(id)).toMatchObject({ code: "provider_not_configured" });
    expect((await world.control.listCalls()).calls).toHaveLength(asked);
    await using back = createCredentialProcess(world);
    expect(await back.tryIssue(id)).toMatchObject({ type: "bearer" });
    expect(await list(browser)).toMatchObject([{ status: "active" }, { status: "active" }]);
  },
);

test("what is known to have ended stays told, whatever is set up", async () => {
  await world.sql(
    `update credential k set status = 'needs_reconnect', reason = 'grant_ended' from connection c
     where c.credential_id = k.id and c.id = $1`,
    [rows[0]?.id],
  );
  const told = { zoom: ["needs_reconnect", "grant_ended"], calendly: works };
  expect(await listsBy(apps(() => undefined))).toEqual(toEach(told));
});

test("an account that is paused at its provider is not asked about meanwhile, so its app's absence is told", async () => {
  await world.sql(
    "update credential k set paused_at = now() from connection c where c.credential_id = k.id and c.id = $1",
    [rows[0]?.id],
  );
  expect(await listsBy(apps(() => undefined))).toEqual(toEach({ zoom: waits, calendly: works }));
});

test("where nothing at all is set up, no account is said to work", async () => {
  expect(await listsBy({})).toEqual(toEach({ zoom: waits, calendly: waits }));
});
