import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { expect } from "vitest";
import { nameCookies } from "../../src/http/cookies.ts";
import { Browser, type Answer } from "./browser.ts";
import type { Subject } from "./subjects.ts";
import { begin, decide, finish, list, type Row } from "./walk.ts";
import type { World } from "./world.ts";
import { searchPath } from "./database.ts";

/** What an attack begins with: an attempt of somebody's, and the return that belongs to it. */
export interface Victim {
  browser: Browser;
  /** The address at the provider that the browser was sent to. */
  at: URL;
  state: string;
  /** Where the provider sends the browser back to. */
  back: URL;
}

/** The signed form of a session's token, as its cookie holds it. */
export function signedToken(token: string, secret: string): string {
  return `${token}.${createHmac("sha256", secret).update(token).digest("base64")}`;
}

/** A browser in which a new user is signed in, without the slow part: nobody has to type a password. */
export async function newcomer(world: World): Promise<Browser> {
  const [user, token] = [randomUUID(), newSecret()];
  await world.sql(
    `with u as (insert into "user" (id, name, email) values ($1, 'Test', $2) returning id)
     insert into session (id, token, user_id, expires_at) select $3, $4, id, now() + interval '1 hour' from u`,
    [user, `${user}@example.com`, randomUUID(), token],
  );
  const browser = new Browser(world.url);
  browser.cookies.set(sessionCookie(world), encodeURIComponent(signedToken(token, world.config.authSecret)));
  return browser;
}

export async function startWalk(world: World, subject: Subject, browser?: Browser): Promise<Victim> {
  const own = browser ?? (await newcomer(world));
  const at = await begin(own, subject);
  const back = await decide(at, "allow", subject.person);
  return { browser: own, at, state: at.searchParams.get("state") ?? "", back };
}

/** An attempt as the database has it: to compare, so as texts. */
export async function attemptOf(world: World, state: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await world.sql<{ row: Record<string, unknown> }>(
    "select to_json(a) as row from attempt a where id = $1",
    [createHash("sha256").update(state).digest()],
  );
  return row?.row;
}

/** Changes an attempt as time would. */
export async function age(world: World, state: string, assignment: string): Promise<void> {
  await world.sql(`update attempt set ${assignment} where id = $1`, [createHash("sha256").update(state).digest()]);
}

/** The address with parameters replaced, added (a list repeats one), or removed (null). */
export function altered(url: URL, changes: Record<string, string | readonly string[] | null>): URL {
  const copy = new URL(url);
  for (const [name, value] of Object.entries(changes)) {
    copy.searchParams.delete(name);
    for (const one of value === null ? [] : [value].flat()) copy.searchParams.append(name, one);
  }
  return copy;
}

/** The return signed anew, as Shopify would sign it. Other providers sign nothing. */
export function signed(world: World, subject: Subject, url: URL): URL {
  if (!url.searchParams.has("hmac")) return url;
  const pairs = [...url.searchParams].filter(([name]) => name !== "hmac").sort(([a], [b]) => (a < b ? -1 : 1));
  const message = new URLSearchParams(pairs).toString().replaceAll("+", "%20");
  const secret = world.config.providers.clients[subject.id]?.secret ?? "";
  return altered(url, { hmac: createHmac("sha256", secret).update(message).digest("hex") });
}

export const exchanges = async (world: World, subject: Subject): Promise<number> =>
  (await world.control.getSummary(subject.id)).codeExchanges;

/** The code of a failure, wherever the answer tells it. */
export function failureIn(answer: Answer | undefined): unknown {
  return answer?.location?.searchParams.get("error") ?? answer?.json["code"] ?? null;
}

/** Comes back from the provider and finishes: gives the failure's code, or null where it is connected. */
export async function comeBack(
  { browser, back }: Pick<Victim, "browser" | "back">,
  subject: Subject,
): Promise<unknown> {
  const answer = await browser.get(back);
  if (answer.location === undefined || answer.location.searchParams.has("error")) return failureIn(answer);
  return failureIn(await finish(browser, subject, answer.location));
}

/** That the attack changed nothing: its owner comes back and is connected. */
export async function expectStillCompletes(victim: Victim, subject: Subject): Promise<Row> {
  expect(await comeBack(victim, subject)).toBeNull();
  const rows = await list(victim.browser);
  const row = rows.find(({ provider }) => provider === subject.id);
  if (row === undefined) throw new Error("connected, but not listed");
  return row;
}

/** Waits until the background work has brought something about. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  await expect.poll(async () => await check().then(() => "", String), { timeout: 10_000, interval: 100 }).toBe("");
}

/** Waits until no background work is due: a fault that is ordered then meets what comes next. */
export async function quiet(world: World): Promise<void> {
  await eventually(async () => {
    expect(await world.sql("select from patchbay_worker.jobs where run_at <= now()")).toEqual([]);
  });
}

/** Watches for the next request to a place in the sandbox. Gives a wait for it: it may not be answered yet. */
export async function watchFor(
  { control }: World,
  { host, path }: { host: string; path: string },
): Promise<() => Promise<void>> {
  const asked = async () =>
    (await control.listCalls()).calls.filter((call) => call.host === host && call.path === path).length;
  const before = await asked();
  return () => eventually(async () => expect(await asked()).toBeGreaterThan(before));
}

/** Lets the background work do now what it would do later. */
export async function hurry(world: World): Promise<void> {
  await world.sql("update patchbay_worker._private_jobs set run_at = now()");
  await world.sql(`select pg_notify('jobs:insert', '{"r":"hurry","count":4}')`);
}

/** Holds requests up at a lock within the database until all are there, so that they race. */
export async function inTheSameMoment<T>(
  world: World,
  lock: string,
  requests: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const holder = new Client({ connectionString: world.databaseUrl, options: searchPath });
  await holder.connect();
  await holder.query(`begin; ${lock}`);
  const answers = requests.map((request) => request());
  await sleep(100);
  await holder.query("commit");
  await holder.end();
  return await Promise.all(answers);
}

export const newSecret = (): string => randomBytes(32).toString("base64url");

type At = Pick<World, "config">;

export const browserCookie = ({ config }: At): string => nameCookies(config.publicUrl).browser;
export const sessionCookie = ({ config }: At): string => nameCookies(config.publicUrl).session;
