import { describe, expect, test } from "vitest";
import { nameCookies } from "../../src/http/cookies.ts";
import { entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import type { Answer } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { eventually, exchanges, newcomer } from "../harness/probe.ts";
import { openStream } from "../harness/stream.ts";
import { getSubject } from "../harness/subjects.ts";
import {
  beginInVisit,
  connectInVisit,
  createProduct,
  inVisit,
  listInVisit,
  openVisit,
  productUrl,
} from "../harness/visit.ts";
import { bodyOf, decide, land } from "../harness/walk.ts";

const key = newKey();
const providers = ["calendly", "paypal", "shopify", "stripe", "telegram", "zoom"];
const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: entryWithRights("shop.backend", key, { rights: ["read", "token", "connect", "manage"], providers }),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const product = createProduct(world, key);
const [zoom, stripe, calendly] = [getSubject("zoom"), getSubject("stripe"), getSubject("calendly")];
const { connect: connectCookie, browser: browserCookie } = nameCookies(world.config.publicUrl);
const lena = "+12025550101";

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;
const told = ({ status, json }: Answer | Said): unknown[] => [status, json["code"]];
const connectFor = (user: string, subject = zoom) => connectInVisit(world, product, { user, subject });

describe("what a visit reaches", () => {
  test("105. a visit begins at its own providers alone, and sends no code at others", async () => {
    const { browser } = await openVisit(world, product, { user: nextUser(), providers: ["zoom"] });
    for (const provider of providers.filter((id) => id !== "zoom")) {
      const path = inVisit(`/api/v1/channels/${provider}/auth?shop=acme-goods`);
      expect([provider, (await browser.get(path)).status]).toEqual([provider, expect.toBeOneOf([404, 422])]);
      const begun = await browser.post(inVisit("/api/trpc/connect.begin"), {
        provider,
        values: provider === "shopify" ? { shop: "acme-goods" } : {},
      });
      expect([provider, begun.status]).toEqual([provider, 404]);
    }
    const path = "/api/v1/channels/telegram/connect";
    expect(told(await browser.post(inVisit(`${path}/phone`), { phoneNumber: lena }))).toEqual([
      404,
      "provider_unknown",
    ]);
    expect(told(await browser.post(inVisit(`${path}/qr`), {}))).toEqual([404, "provider_unknown"]);
    expect(await world.control.listCodes(lena)).toEqual([]);
    const [{ attempts } = expect.fail()] = await world.sql<{ attempts: string }>(
      "select count(*) as attempts from attempt a join connect_session s on s.id = a.connect_session_id where s.providers = '{zoom}'",
    );
    expect(attempts).toBe("0");
  });

  test("105. a visit lists, ends and renews its own user's accounts at its own providers alone", async () => {
    const [ada, ben] = [nextUser(), nextUser()];
    const [own, hidden, foreign] = [await connectFor(ada), await connectFor(ada, stripe), await connectFor(ben)];
    const { browser } = await openVisit(world, product, { user: ada, providers: ["zoom"] });
    expect(await listInVisit(browser)).toMatchObject([{ id: own }]);
    const listed = await browser.get(inVisit("/api/trpc/connections.list"));
    expect(listed.json).toMatchObject({ result: { data: [{ id: own }] } });
    const refusals = new Set<string>();
    for (const id of [hidden, foreign, 999_999]) {
      const ended = await browser.post(inVisit("/api/trpc/connections.disconnect"), { id });
      const renewed = await browser.get(inVisit(`/api/v1/channels/zoom/auth?connection=${id}`));
      for (const provider of ["zoom", "stripe"]) {
        const answer = await browser.post(inVisit(`/api/v1/channels/${provider}/disconnect`), { accountId: id });
        expect(told(answer)).toEqual([404, "connection_unknown"]);
      }
      expect([ended.status, renewed.status]).toEqual([404, 404]);
      refusals.add(ended.text + renewed.text);
    }
    expect(refusals.size).toBe(1);
    for (const [user, ids] of [
      [ada, [own, hidden]],
      [ben, [foreign]],
    ] as const)
      expect((await product.backEnd.list(user)).json).toMatchObject({
        connections: ids.map((id) => ({ id, status: "active" })),
      });
    expect((await browser.post(inVisit("/api/v1/channels/zoom/disconnect"), { accountId: own })).status).toBe(200);
  });

  test("105. a visit neither reads nor answers nor watches the attempt of another, not even of the same user", async () => {
    const user = nextUser();
    const owner = await openVisit(world, product, { user });
    const begun = await owner.browser.post(inVisit("/api/v1/channels/telegram/connect/qr"), {});
    const attempt = String(begun.json["sessionId"]);
    const others = [await openVisit(world, product, { user }), await openVisit(world, product, { user: nextUser() })];
    for (const { browser } of [...others, { browser: await newcomer(world) }]) {
      // Even in the browser in which it began.
      browser.cookies.set(browserCookie, owner.browser.cookies.get(browserCookie) ?? "");
      const address = browser.cookies.has(connectCookie) ? inVisit : (path: string) => path;
      const check = address(`/api/v1/channels/telegram/connect/qr/check?sessionId=${attempt}`);
      expect((await browser.get(check)).json).toEqual({ success: false, status: "expired" });
      const resumed = await browser.post(address("/api/trpc/connect.resume"), { attempt });
      expect([resumed.status, resumed.text]).toEqual([404, expect.stringContaining("attempt_unknown")]);
      const input = encodeURIComponent(JSON.stringify({ attempts: [attempt] }));
      await using stream = await openStream(browser, address(`connections.watch?input=${input}`));
      await eventually(async () =>
        expect(stream.told.map(({ data }) => data)).toContainEqual({ type: "over", attempt }),
      );
      expect(JSON.stringify(stream.told)).not.toContain("tg://");
    }
    const own = await owner.browser.get(inVisit(`/api/v1/channels/telegram/connect/qr/check?sessionId=${attempt}`));
    expect(own.json).toMatchObject({ status: "pending" });
  });

  test("105. a page hears of its own user's changes alone, and its stream ends with the visit", async () => {
    const [ada, ben] = [nextUser(), nextUser()];
    const { session, browser } = await openVisit(world, product, { user: ada });
    await using stream = await openStream(browser, inVisit("connections.watch"));
    const heard = () => stream.told.map(({ data }) => (data as { type?: string } | undefined)?.type);
    await eventually(async () => expect(heard()).toContain("open"));
    await connectFor(ben);
    await connectFor(ada, calendly);
    await eventually(async () => expect(heard()).toContain("changed"));
    expect(heard().filter((type) => type === "changed")).toHaveLength(1);
    await product.cancel(session);
    await connectFor(ada, stripe);
    await stream.ended;
  });

  test("105. a ticket of another visit finishes nothing in this one", async () => {
    const [ada, ben] = [nextUser(), nextUser()];
    const mail = { returnUrl: null };
    const [first, second] = [
      await openVisit(world, product, { user: ada, ...mail }),
      await openVisit(world, product, { user: ben, ...mail }),
    ];
    const back = await decide(await beginInVisit(first.browser, zoom), "allow", zoom.person);
    const landed = (await first.browser.get(back)).location ?? expect.fail();
    expect(landed.pathname).toBe("/connect");
    const spent = await exchanges(world, zoom);
    const path = "/api/v1/channels/zoom/connect";
    const stolen = await second.browser.post(inVisit(path), bodyOf(zoom, landed));
    expect(told(stolen)).toEqual([404, "attempt_unknown"]);
    const own = await newcomer(world);
    expect(told(await own.post(path, bodyOf(zoom, landed)))).toEqual([404, "attempt_unknown"]);
    expect(told(await second.browser.post(inVisit(path), bodyOf(zoom, await land(own, zoom))))).toEqual([
      404,
      "attempt_unknown",
    ]);
    expect(await exchanges(world, zoom)).toBe(spent);
    expect((await first.browser.post(inVisit(path), bodyOf(zoom, landed))).status).toBe(200);
  });
});
