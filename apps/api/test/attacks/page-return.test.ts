import { createRegistry } from "@patchbay/core/providers";
import { describe, expect, test } from "vitest";
import { openWorld } from "../harness/open-world.ts";
import {
  age,
  attemptOf,
  browserCookie,
  exchanges,
  failureIn,
  inTheSameMoment,
  newcomer,
  newSecret,
  sessionCookie,
  startWalk,
  type Victim,
} from "../harness/probe.ts";
import { subjects, type Subject } from "../harness/subjects.ts";
import { list } from "../harness/walk.ts";

const world = await openWorld({
  env: (url) => ({ PAYPAL_REDIRECT_URI: `${url}/integrations`, STRIPE_REDIRECT_URI: `${url}/integrations` }),
});

const codeOf = ({ back }: Victim) => back.searchParams.get("code") ?? "";
const path = ({ id }: Subject) => `/api/v1/channels/${id}/connect`;
const bodiesOf = (owner: Victim) => [
  { authCode: codeOf(owner), state: owner.state },
  { ticket: codeOf(owner), state: owner.state },
];
const refuse = () => Promise.reject(new Error("nobody is called"));
const issuersOf = ({ id }: Subject) =>
  createRegistry(world.config.providers.clients, refuse as never).get(id)?.provider?.issuers ?? [];
const toPage = subjects.filter(({ returnsToPage }) => returnsToPage);

describe.each(toPage)("$id: a code that the page posts", (subject) => {
  test("a code that arrives at the page is taken with its state", async () => {
    const owner = await startWalk(world, subject);
    expect(owner.back.pathname).toBe("/integrations");
    const answer = await owner.browser.post(path(subject), { authCode: codeOf(owner), state: owner.state });
    expect(answer.status).toBe(200);
    expect(await list(owner.browser)).toHaveLength(1);
  });

  test("a code is taken by tRPC with its state alone, which tells the provider", async () => {
    const owner = await startWalk(world, subject);
    const input = { ticket: codeOf(owner), state: owner.state };
    expect((await (await newcomer(world)).post("/api/trpc/connect.finish", input)).status).toBe(404);
    expect((await owner.browser.post("/api/trpc/connect.finish", { ticket: codeOf(owner) })).status).toBe(422);
    expect((await owner.browser.post("/api/trpc/connect.finish", input)).status).toBe(200);
  });

  test.each([
    ["another", "https://evil.example"],
    ["ours as part of another", (issuer: string) => `${issuer}.evil.example`],
    ["an empty text", ""],
  ])("a code that came with %s as its issuer is not sent, by REST or tRPC, and is not lost", async (_, named) => {
    const owner = await startWalk(world, subject);
    const issuer = issuersOf(subject)[0] ?? "";
    const [row, spent] = [await attemptOf(world, owner.state), await exchanges(world, subject)];
    const iss = typeof named === "string" ? named : named(issuer);
    const [byRest, byTrpc] = bodiesOf(owner);
    const answers = [
      await owner.browser.post(path(subject), { ...byRest, iss }),
      await owner.browser.post("/api/trpc/connect.finish", { ...byTrpc, iss }),
      await owner.browser.post("/api/trpc/connect.finish", { ...byTrpc, iss, provider: subject.id }),
    ];
    for (const answer of answers)
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('"invalid_state"')]);
    expect(await exchanges(world, subject)).toBe(spent);
    expect(await attemptOf(world, owner.state)).toEqual(row);
    expect((await owner.browser.post(path(subject), { ...byRest, iss: issuer })).status).toBe(200);
  });

  test("a code that came with the provider's own issuer connects by tRPC", async () => {
    const owner = await startWalk(world, subject);
    const [, byTrpc] = bodiesOf(owner);
    const answer = await owner.browser.post("/api/trpc/connect.finish", { ...byTrpc, iss: issuersOf(subject)[0] });
    expect(answer.status).toBe(200);
    expect(await list(owner.browser)).toHaveLength(1);
  });

  test("8. a code without its state is not taken", async () => {
    const owner = await startWalk(world, subject);
    const answer = await owner.browser.post(path(subject), { authCode: codeOf(owner) });
    expect([answer.status, answer.json["field"]]).toEqual([422, "state"]);
    expect(await attemptOf(world, owner.state)).toMatchObject({ status: "started" });
  });

  test("a code of the page is refused at our own callback address", async () => {
    const owner = await startWalk(world, subject);
    const ours = new URL(
      `/api/v1/channels/${subject.id}/${subject.finishesOnReturn ? "connect" : "callback"}`,
      world.url,
    );
    ours.search = owner.back.search;
    expect(failureIn(await (await newcomer(world)).get(ours))).toBe("invalid_state");
    expect(await attemptOf(world, owner.state)).toMatchObject({ status: "started" });
  });
});

describe.each(toPage)("$id: a code that others post, or that is posted often", (subject) => {
  test("15, 16, 17, 19. a code is taken from its user, session and browser alone, and lost by no attack", async () => {
    const [owner, attacker] = [await startWalk(world, subject), await startWalk(world, subject)];
    const [row, spent] = [await attemptOf(world, owner.state), await exchanges(world, subject)];
    const ownMachine = attacker.browser.copy([sessionCookie(world)]);
    ownMachine.cookies.set(browserCookie(world), owner.browser.cookies.get(browserCookie(world)) ?? "");
    const body = { authCode: codeOf(owner), state: owner.state };
    const attacks = [
      attacker.browser.post(path(subject), body),
      ownMachine.post(path(subject), body),
      owner.browser.copy([sessionCookie(world)]).post(path(subject), body),
      owner.browser.post(path(subject), { ...body, state: newSecret() }),
      // The attacker's own return, in the victim's browser.
      owner.browser.post(path(subject), { authCode: codeOf(attacker), state: attacker.state }),
      ...subjects
        .filter(({ id }) => id !== subject.id)
        .map((other) =>
          owner.browser.post(path(other), { ...body, code: body.authCode, shop: "acme-goods.myshopify.com" }),
        ),
    ];
    for (const answer of await Promise.all(attacks)) {
      expect([answer.status, failureIn(answer)]).toEqual([404, "attempt_unknown"]);
    }
    expect((await owner.browser.copy([browserCookie(world)]).post(path(subject), body)).status).toBe(401);
    await age(world, owner.state, "expires_at = now() - interval '1 second'");
    expect(failureIn(await owner.browser.post(path(subject), body))).toBe("attempt_unknown");
    await age(world, owner.state, "expires_at = $1".replace("$1", `'${String(row?.["expires_at"])}'`));
    expect(await attemptOf(world, owner.state)).toEqual(row);
    expect(await exchanges(world, subject)).toBe(spent);
    expect((await owner.browser.post(path(subject), body)).status).toBe(200);
  });

  test("13, 43. a code that is posted fifty times at once is sent once, and all get the same answer", async () => {
    const owner = await startWalk(world, subject);
    const spent = await exchanges(world, subject);
    await world.control.failRequests({ ...subject.token, delayMs: 200 });
    const body = { authCode: codeOf(owner), state: owner.state };
    const answers = await Promise.all(Array.from({ length: 50 }, () => owner.browser.post(path(subject), body)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await exchanges(world, subject)).toBe(spent + 1);
  });

  test("43. a code that is posted twice in the same moment is sent once, and both get the same answer", async () => {
    const owner = await startWalk(world, subject);
    const spent = await exchanges(world, subject);
    const post = () => owner.browser.post(path(subject), { authCode: codeOf(owner), state: owner.state });
    const answers = await inTheSameMoment(world, "select from attempt for update", [post, post]);
    const [one, two] = answers.map(({ status, text }) => `${status} ${text}`);
    expect(one).toMatch(/^200 /);
    expect(two).toBe(one);
    expect(await exchanges(world, subject)).toBe(spent + 1);
  });
});
