import { expect, test } from "vitest";
import { createPatchbay } from "../src/index.ts";
import { calls, connection, session, user } from "./calls.ts";
import { serve } from "./server.ts";

const key = "a-key-of-a-back-end-long-enough";

test.each(calls)(
  "%s sends its request and gives the answer with every field",
  async (_name, call, ...[request, body, answer]) => {
    const { url, got } = await serve({ json: answer });
    expect(await call(createPatchbay({ url, key }))).toEqual(answer);
    const [sent] = got;
    expect(`${sent?.method} ${sent?.url}`).toBe(request.replace(" ", " /api/v1/"));
    expect(sent?.body === "" ? undefined : JSON.parse(sent?.body ?? "")).toEqual(body);
    expect(sent?.headers.authorization).toBe(`Bearer ${key}`);
    expect(sent?.headers["content-type"]).toBe(body === undefined ? undefined : "application/json");
  },
);

test("sessions.create sends the idempotency key that it is given", async () => {
  const { url, got } = await serve({ status: 201, json: session });
  await createPatchbay({ url, key }).sessions.create({ user }, { idempotencyKey: "once" });
  expect(got[0]?.headers["idempotency-key"]).toBe("once");
});

test("sessions.create names the provider to go to in the link alone", async () => {
  const { url, got } = await serve({ status: 201, json: session });
  const made = await createPatchbay({ url, key }).sessions.create({ user, goTo: "a b" });
  expect(made).toEqual({ ...session, url: "https://connect.example.com/connect?provider=a+b#pbcs_1" });
  expect(JSON.parse(got[0]?.body ?? "")).toEqual({ user });
});

test("a link that is no address is an unexpected answer", async () => {
  const { url } = await serve({ status: 201, json: { ...session, url: "/connect#pbcs_1" } });
  const made = createPatchbay({ url, key }).sessions.create({ user, goTo: "acme" });
  await expect(made).rejects.toMatchObject({ name: "PatchbayError", code: "unexpected_answer" });
});

test("connections.listAll asks for a page when it is needed, until there is none", async () => {
  const page = (id: number, nextCursor: string | null) => ({
    json: { connections: [{ ...connection, id }], nextCursor },
  });
  const { url, got } = await serve(page(1, "after 1"), page(2, "after 2"), page(3, null));
  const ids: number[] = [];
  for await (const { id } of createPatchbay({ url, key }).connections.listAll({ user: "usr_812" })) {
    ids.push(id);
    expect(got).toHaveLength(ids.length);
  }
  expect(ids).toEqual([1, 2, 3]);
  expect(got.map((request) => request.url?.replace("/api/v1/connections?user=usr_812", ""))).toEqual([
    "",
    "&cursor=after+1",
    "&cursor=after+2",
  ]);
});

const names = ["user", "tenant", "provider", "status", "tags", "limit", "cursor"];
const emptyFilters = names.flatMap((name): [string, object][] => [
  [name, { [name]: undefined }],
  [name, { [name]: null }],
]);

test.each<[name: string, filters: object]>([...emptyFilters, ["plan", { tags: { plan: undefined } }]])(
  "with an empty filter %s, the client lists nobody's connections",
  async (field, filters) => {
    const { url, got } = await serve({ json: { connections: [connection], nextCursor: null } });
    const { connections } = createPatchbay({ url, key });
    const error = { name: "PatchbayError", code: "invalid_request", field };
    await expect(connections.list(filters)).rejects.toMatchObject(error);
    await expect(connections.listAll(filters).next()).rejects.toMatchObject(error);
    expect(got).toEqual([]);
  },
);

test("the types refuse the user of a visitor who is not signed in", async () => {
  const { connections } = createPatchbay({ url: "http://localhost", key });
  // @ts-expect-error -- undefined is not the id of a user
  await expect(connections.list({ user: undefined })).rejects.toThrow("Leave it out to list without it.");
  // @ts-expect-error -- null is not the id of a user
  await expect(connections.listAll({ user: null }).next()).rejects.toThrow("Leave it out to list without it.");
});

test.each(["", ".", ".."])("the id %j is refused before anything is sent", async (id) => {
  const { url, got } = await serve();
  await expect(createPatchbay({ url, key }).users.erase(id)).rejects.toMatchObject({
    name: "PatchbayError",
    code: "invalid_request",
    field: "id",
  });
  expect(got).toEqual([]);
});
