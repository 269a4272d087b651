import { randomBytes } from "node:crypto";
import { freePort } from "@patchbay/postgres";
import { pino } from "pino";
import { claimInstallation, openDatabase } from "@patchbay/core/db";
import { createVault, readKeyring } from "@patchbay/core/vault";
import { describe, expect, test } from "vitest";
import { start } from "../../src/main.ts";
import { newDatabase } from "../harness/database.ts";
import { liveEnvironment, startLive } from "../harness/live.ts";
import { openWorld } from "../harness/open-world.ts";
import { browserCookie, comeBack, eventually, hurry, newcomer, sessionCookie, startWalk } from "../harness/probe.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { begin, bodyOf, connect, decide, disconnect, land, list } from "../harness/walk.ts";
import { dresses, dumpDatabase, remembering, textOf } from "../harness/traces.ts";
import { createWorld } from "../harness/world.ts";

const world = await openWorld();

const silent = pino({ level: "silent" });

describe("nothing secret", () => {
  test("82. nothing secret is in a log, in a table, or in an answer, after connecting, failing, and disconnecting with each provider", async () => {
    const { browser, seen } = remembering(await newcomer(world));
    const secrets = new Map<string, string>();
    const keep = (what: string, text: string | null | undefined) => {
      if (text) secrets.set(`${what} ${secrets.size}`, text);
    };
    const states: string[] = [];
    for (const subject of subjects) {
      const { at, state, back } = await startWalk(world, subject, browser);
      keep(`${subject.id}: code`, back.searchParams.get("code"));
      states.push(state);
      const [{ sealed } = {}] = await world.sql<{ sealed: Buffer }>(
        "select provider_state as sealed from attempt where status = 'started'",
      );
      const [{ id } = {}] = await world.sql<{ id: Buffer }>("select id from attempt where status = 'started'");
      if (sealed === undefined || id === undefined) throw new Error("no attempt");
      keep(`${subject.id}: verifier`, world.seals.openState(sealed, { id, provider: subject.id })["verifier"]);
      if (at.searchParams.has("hmac")) keep(`${subject.id}: hmac`, back.searchParams.get("hmac"));
      expect(await comeBack({ browser, back }, subject)).toBeNull();
      // One that fails, with its code quoted by the provider.
      const failing = await startWalk(world, subject, browser);
      const code = failing.back.searchParams.get("code") ?? "";
      keep(`${subject.id}: failed code`, code);
      states.push(failing.state);
      const quoting = { error: "invalid_grant", error_description: `Invalid code ${code}`, reason: code };
      await world.control.failRequests({ ...subject.token, status: 400, body: quoting });
      expect(await comeBack({ browser, back: failing.back }, subject)).toBe("grant_rejected");
      keep(`${subject.id}: secret`, world.config.providers.clients[subject.id]?.secret);
    }
    const credentials = await world.sql<{ id: string; provider: string; secret: Buffer }>(
      "select id, provider, secret from credential",
    );
    expect(credentials).toHaveLength(subjects.length);
    for (const { secret, ...row } of credentials) {
      const { accessToken, refreshToken } = world.seals.openCredentials(secret, row);
      keep(`${row.provider}: access token`, accessToken);
      keep(`${row.provider}: refresh token`, refreshToken);
    }
    keep("session", browser.cookies.get(sessionCookie(world)));
    keep("session, decoded", decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? ""));
    keep("browser", browser.cookies.get(browserCookie(world)));
    keep("auth secret", world.config.authSecret);
    keep("sealing key", world.config.keys.sealing.key.export().toString("base64"));
    // Five codes twice, two verifiers, five secrets, and tokens of four: Stripe's are not kept.
    expect(secrets.size).toBeGreaterThanOrEqual(30);
    const connected = await dumpDatabase(world);
    for (const { provider, id } of await list(browser)) {
      const subject = getSubject(provider);
      // The request's own try and the job's first both fail, so that the job says why.
      await world.control.failRequests({ ...subject.revocation, status: 503, times: 2 });
      await disconnect(browser, subject, id);
    }
    await hurry(world);
    await eventually(async () => {
      const failed = await world.sql("select from patchbay_worker._private_jobs where last_error is not null");
      expect(failed).toHaveLength(subjects.length);
    });
    const answers = seen.map(textOf).join("\n");
    const places = { log: world.logged(), connected, left: await dumpDatabase(world), answers };
    await hurry(world);
    await eventually(async () => {
      expect(await world.sql("select from credential")).toEqual([]);
    });
    const hits: string[] = [];
    for (const [what, secret] of secrets) {
      for (const dress of dresses(secret)) {
        for (const [place, text] of Object.entries(places)) {
          const own = place === "answers" && (what.startsWith("browser") || what.startsWith("session"));
          if (!own && text.includes(dress)) hits.push(`${what} in ${place}`);
        }
      }
    }
    expect(hits).toEqual([]);
    // A state is in the address that the browser is sent to, and where the page expects it; kept and logged it is not.
    for (const state of states) {
      expect(`${places.log} ${places.connected} ${places.left}`).not.toContain(state);
    }
    expect(places.log.length).toBeGreaterThan(1_000);
  });

  test("82. nothing secret is in a list, or in the answer of connecting", async () => {
    const { browser, seen } = remembering(await newcomer(world));
    for (const subject of subjects) await connect(browser, subject);
    await browser.get("/api/trpc/connections.list");
    const rows = await world.sql<{ id: string; provider: string; secret: Buffer }>(
      "select id, provider, secret from credential",
    );
    for (const { secret, ...row } of rows) {
      const { accessToken, refreshToken } = world.seals.openCredentials(secret, row);
      const tokens = [accessToken, refreshToken].filter((token) => token !== undefined);
      for (const answer of seen) {
        expect(tokens.filter((token) => textOf(answer).includes(token))).toEqual([]);
        expect(textOf(answer)).not.toMatch(/"(access_?token|refresh_?token|secret|credential_?id|lease)/i);
      }
    }
    for (const { id, provider } of await list(browser)) {
      const subject = getSubject(provider);
      await disconnect(browser, subject, id);
    }
  });

  test("82. nothing of Stripe's tokens is kept at all", async () => {
    const browser = await newcomer(world);
    const stripe = getSubject("stripe");
    const row = await connect(browser, stripe);
    const [stored] = await world.sql<{ id: string; secret: Buffer }>(
      "select id, secret from credential where provider = 'stripe'",
    );
    if (stored === undefined) throw new Error("nothing stored");
    const credentials = world.seals.openCredentials(stored.secret, { id: stored.id, provider: "stripe" });
    const id = expect.stringMatching(/^acct_/) as string;
    expect(credentials).toEqual({ metadata: { account: id, platform: id, mode: "test" } });
    await disconnect(browser, stripe, row.id);
  });

  test("82. nothing of a password is kept but its hash", async () => {
    const { email, password } = await world.browser().signUp();
    const [row] = await world.sql<{ password: string }>(
      `select a.password from account a join "user" u on u.id = a.user_id where u.email = $1`,
      [email],
    );
    expect(row?.password).not.toContain(password);
    expect(row?.password.length).toBeGreaterThan(60);
    expect(`${await dumpDatabase(world)} ${world.logged()}`).not.toContain(password);
  });
});

describe("secrets in the database", () => {
  const calendly = getSubject("calendly");

  test("77. secrets that are swapped between two rows do not open: neither account is ended with the other's token", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const [mine, theirs] = [await connect(one, calendly), await connect(two, calendly, calendly.other)];
    await world.sql(
      `update credential k set secret = other.secret from credential other
       where k.provider = 'calendly' and other.provider = 'calendly' and k.id <> other.id`,
    );
    const before = (await world.control.getSummary("calendly")).revocations;
    for (const [browser, row] of [
      [one, mine],
      [two, theirs],
    ] as const) {
      const answer = await disconnect(browser, calendly, row.id);
      expect([answer.status, answer.json["revocations"]]).toMatchObject([200, [{ outcome: "retrying" }]]);
    }
    expect((await world.control.getSummary("calendly")).revocations).toBe(before);
    await world.sql("delete from credential where provider = 'calendly'");
  });

  test("77. secrets of an attempt that are swapped with another's do not open: the attempt fails, and nothing is sent", async () => {
    const [one, two] = [await startWalk(world, calendly), await startWalk(world, calendly)];
    for (const { browser, back } of [one, two]) await browser.get(back);
    await world.sql(
      `update attempt a set authorization_response = other.authorization_response, provider_state = other.provider_state from attempt other
       where a.status = 'returned' and other.status = 'returned' and a.id <> other.id`,
    );
    const before = (await world.control.getSummary("calendly")).codeExchanges;
    const landing = (await one.browser.get(one.back)).location;
    // The return was kept anew just now; the notes, with the verifier, are still the other's.
    const answer = await one.browser.post("/api/v1/channels/calendly/connect", bodyOf(calendly, landing ?? one.back));
    expect(answer.status).toBe(500);
    expect(answer.json["code"]).toBe("internal");
    expect(answer.text).not.toMatch(/seal|open|attempt\./i);
    expect((await world.control.getSummary("calendly")).codeExchanges).toBe(before);
    expect(await list(one.browser)).toEqual([]);
  });

  test("78. secrets with one bit turned do not open, and nobody is told why", async () => {
    const browser = await newcomer(world);
    const row = await connect(browser, calendly);
    await world.sql(
      "update credential set secret = set_bit(secret, 8 * length(secret) - 8, 1 - get_bit(secret, 8 * length(secret) - 8)) where provider = 'calendly'",
    );
    const answer = await disconnect(browser, calendly, row.id);
    expect(answer.json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
    await world.sql("delete from credential where provider = 'calendly'");
  });
});

describe("a database", () => {
  test("80. a database that other keys sealed refuses the start, and says so", async () => {
    const databaseUrl = await newDatabase();
    const config = { ...world.config, port: await freePort(), databaseUrl };
    await (await start(config, silent)).stop();
    const keys = readKeyring(`test:${randomBytes(32).toString("base64")}`);
    const refusal = "ENCRYPTION_KEYS does not hold the key that this database was sealed with.";
    await expect(start({ ...config, keys }, silent)).rejects.toThrow(refusal);
    await (await start(config, silent)).stop();
  });

  test("a database of live data refuses the sandbox, and one of the sandbox's refuses live data", async () => {
    const databaseUrl = await newDatabase();
    const port = await freePort();
    const live = await startLive({ DATABASE_URL: databaseUrl });
    await live.stop();
    const sandboxed = { ...world.config, port, databaseUrl, keys: live.config.keys };
    await expect(start(sandboxed, silent)).rejects.toThrow(
      "This database holds live data. Use another one for sandbox data.",
    );
    await expect(
      start({ ...live.config, databaseUrl: world.databaseUrl, keys: world.config.keys }, silent),
    ).rejects.toThrow("This database holds sandbox data. Use another one for live data.");
  });

  test("a database is claimed once, by whichever of many comes first", async () => {
    const database = openDatabase(await newDatabase());
    const vaults = Array.from({ length: 5 }, () => createVault(readKeyring(`k:${randomBytes(32).toString("base64")}`)));
    const claims = await Promise.allSettled(vaults.map((vault) => claimInstallation(database.db, vault, "live")));
    expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await database.close();
  });

  test("89. a database keeps its audit: no row is changed or taken away", async () => {
    const browser = await newcomer(world);
    const subject = getSubject("calendly");
    const row = await connect(browser, subject);
    await disconnect(browser, subject, row.id);
    for (const attack of ["update audit_event set actor = 'x'", "delete from audit_event", "truncate audit_event"]) {
      await expect(world.sql(attack)).rejects.toThrow("audit_event is append only");
    }
    const events = await world.sql("select action, actor from audit_event where connection_id = $1 order by id", [
      row.id,
    ]);
    expect(events).toMatchObject([{ action: "connected" }, { action: "disconnected" }]);
  });
});

describe("a provider without a secret", () => {
  test("90. a provider without a secret is listed as not configured and refuses; the others work", async () => {
    const half = await createWorld({ env: { ZOOM_CLIENT_SECRET: undefined, PAYPAL_CLIENT_ID: "" } });
    const browser = await newcomer(half);
    const cards = JSON.parse((await browser.get("/api/trpc/providers.list")).text) as {
      result: { data: { id: string; configured: boolean }[] };
    };
    const configured = Object.fromEntries(cards.result.data.map(({ id, configured }) => [id, configured]));
    const oauth = { calendly: true, paypal: false, shopify: true, stripe: true, zoom: false };
    expect(configured).toEqual({ ...oauth, telegram: false });
    for (const id of ["zoom", "paypal"]) {
      const answers = await Promise.all([
        browser.get(`/api/v1/channels/${id}/auth`),
        browser.post(`/api/v1/channels/${id}/connect`, { authCode: "x", state: "x" }),
        browser.post("/api/trpc/connect.begin", { provider: id }),
      ]);
      for (const { status, text } of answers) {
        expect(status).toBe(503);
        expect(text).toContain("provider_not_configured");
      }
      const path = getSubject(id).finishesOnReturn ? "connect" : "callback";
      const back = await browser.get(`/api/v1/channels/${id}/${path}?code=x&state=x`);
      expect(back.location?.searchParams.get("error")).toBe("provider_not_configured");
    }
    for (const subject of subjects.filter(({ id }) => configured[id])) {
      const row = await connect(browser, subject);
      expect((await disconnect(browser, subject, row.id)).status).toBe(200);
    }
    await half[Symbol.asyncDispose]();
  });

  test("90. an account of a provider that lost its secret can still be disconnected: gone here, to be ended when it is back", async () => {
    const browser = await newcomer(world);
    const zoom = getSubject("zoom");
    const row = await connect(browser, zoom);
    const { zoom: _, ...clients } = world.config.providers.clients;
    const config = { ...world.config, port: await freePort(), providers: { ...world.config.providers, clients } };
    const without = await start(config, silent);
    const answer = await browser.send(new URL("/api/v1/channels/zoom/disconnect", without.url), {
      method: "POST",
      body: { accountId: row.id },
    });
    expect([answer.status, answer.json["revocations"]]).toEqual([200, [{ outcome: "retrying" }]]);
    await without.stop();
    expect(await list(browser)).toEqual([]);
    await world.sql("delete from credential where provider = 'zoom'");
  });
});

test("an environment for production has no sandbox in it: this one is not refused", async () => {
  expect(Object.keys(liveEnvironment())).not.toContain("SANDBOX_URL");
  const browser = await newcomer(world);
  const subject = getSubject("calendly");
  const back = await decide(await begin(browser, subject), "allow", subject.person);
  expect(back.origin).toBe(world.url);
  expect((await land(browser, subject)).origin).toBe(world.url);
});
