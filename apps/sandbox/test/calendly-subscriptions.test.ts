import { expect, it } from "vitest";
import { bearerAuth, bench, json, type Json, withQuery } from "./harness.ts";

const sandbox = bench();
const path = "/api.calendly.com/webhook_subscriptions";

interface Minted {
  person: string;
  account: string;
  organization: string;
  accessToken: string;
}
async function user(scope = "users:read webhooks:write"): Promise<Minted> {
  const [minted] = (await sandbox.control("mint", { provider: "calendly", count: 1, scope })) as unknown as Minted[];
  if (minted === undefined) throw new Error("nobody was minted");
  return minted;
}
const url = "http://localhost:3000/api/v1/webhooks/calendly/one";
const wanted = ({ account, organization }: Minted) => ({
  url,
  events: ["invitee.created", "invitee.canceled"],
  organization,
  user: account,
  scope: "user",
});
const subscribe = (owner: Minted, more: Json = {}) =>
  sandbox.post(path, { ...wanted(owner), ...more }, bearerAuth(owner.accessToken));
const uuidOf = async (answer: Response) => {
  const { resource } = (await json(answer)) as { resource: { uri: string } };
  return resource.uri.split("/").at(-1) ?? "";
};

it("Calendly makes a subscription, shows it, lists it and deletes it", async () => {
  const owner = await user();
  const made = await subscribe(owner);
  expect(made.status).toBe(201);
  const uuid = await uuidOf(made);
  const shown = await json(await sandbox.get(`${path}/${uuid}`, bearerAuth(owner.accessToken)));
  expect(shown).toMatchObject({
    resource: { callback_url: url, state: "active", scope: "user", user: owner.account, creator: owner.account },
  });
  const { organization, account: user_ } = owner;
  const query = withQuery(path, { organization, user: user_, scope: "user" });
  const listed = await json(await sandbox.get(query, bearerAuth(owner.accessToken)));
  expect(listed).toMatchObject({
    collection: [{ callback_url: url }],
    pagination: { count: 1, next_page_token: null },
  });
  expect(await sandbox.read("subscriptions?provider=calendly")).toMatchObject([{ provider: "calendly", url }]);
  const remove = () =>
    fetch(sandbox.url(`${path}/${uuid}`), { method: "DELETE", headers: bearerAuth(owner.accessToken) });
  expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
  expect(await sandbox.read("subscriptions")).toEqual([]);
});

it("Calendly's subscriptions lead from page to page, by the address of the next and by its token", async () => {
  const owner = await user();
  for (const nth of [1, 2, 3]) await subscribe(owner, { url: `${url}/${nth}` });
  const { organization, account } = owner;
  const query = { organization, user: account, scope: "user", count: "2" };
  interface Page {
    collection: { callback_url: string }[];
    pagination: Record<string, string | null>;
  }
  const read = async (at: string) =>
    (await json(await sandbox.get(at, bearerAuth(owner.accessToken)))) as unknown as Page;
  const first = await read(withQuery(path, query));
  const next = new URL(first.pagination["next_page"] ?? "");
  expect(next.origin).toBe("https://api.calendly.com");
  expect(Object.fromEntries(next.searchParams)).toEqual({ ...query, page_token: first.pagination["next_page_token"] });
  const second = await read(`${path}${next.search}`);
  expect(second.collection.map(({ callback_url }) => callback_url)).toEqual([`${url}/3`]);
  expect(second.pagination).toMatchObject({ count: 1, next_page: null, next_page_token: null });
  const back = new URL(second.pagination["previous_page"] ?? "");
  expect(await read(`${path}${back.search}`)).toEqual(first);
});

it("Calendly refuses a subscription of the same URL again, whoever asks", async () => {
  await subscribe(await user());
  const again = await subscribe(await user());
  expect([again.status, await json(again)]).toEqual([
    409,
    { title: "Already Exists", message: "Hook with this url already exists" },
  ]);
});

it("a subscription at Calendly needs the scope, a paid plan, and one's own events", async () => {
  const reader = await user("users:read webhooks:read");
  const refused = await subscribe(reader);
  expect([refused.status, await json(refused)]).toEqual([
    403,
    expect.objectContaining({ title: "Insufficient scope", required_scopes: ["webhooks:write"] }),
  ]);
  const owner = await user();
  expect((await subscribe(owner, { user: reader.account })).status).toBe(403);
  expect((await subscribe(owner, { organization: reader.organization })).status).toBe(403);
  expect((await subscribe(owner, { events: [] })).status).toBe(400);
  expect((await subscribe(owner, { url: "http://app.example/hooks" })).status).toBe(400);
  await sandbox.control("set", { provider: "calendly", freePlan: true });
  const free = await subscribe(owner);
  expect([free.status, await free.text()]).toEqual([403, expect.stringContaining("upgrade")]);
  expect((await sandbox.post(path, wanted(owner))).status).toBe(401);
});

it("a token of Calendly reaches the subscriptions of its user and of their organization, and no others", async () => {
  const [owner, other] = [await user(), await user()];
  await subscribe(owner);
  await subscribe(owner, { url: `${url}/all`, scope: "organization", user: undefined });
  await subscribe(other, { url: `${url}/other` });
  const order = { provider: "calendly", event: "invitee.created", person: owner.person };
  const { requests } = (await sandbox.control("sign", order)) as { requests: { url: string }[] };
  expect(requests.map((request) => request.url)).toEqual([url, `${url}/all`]);
  const unwanted = await sandbox.control("sign", { ...order, event: "invitee_no_show.created" });
  expect(unwanted).toEqual({ requests: [] });
});
