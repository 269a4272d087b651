import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, test } from "vitest";
import { failure } from "../src/backend-api/schemas.ts";
import { operations } from "../src/backend-api/operations.ts";
import { createBackEnd, entryWithRights, newKey, type Said } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject, subjects, type Subject } from "./harness/subjects.ts";
import { createProduct, openLink, productUrl, returnToProduct } from "./harness/visit.ts";

const keys = { all: newKey(), reader: newKey() };
const world = await openWorld({
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.all", keys.all, { rights: ["read", "token", "connect", "manage"] }),
      entryWithRights("shop.reader", keys.reader, { rights: ["read"] }),
    ].join(),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const product = createProduct(world, keys.all);
const { backEnd } = product;
const user = "usr_812";
/** The connections by the ids of their providers. */
const ids = new Map<string, number>();
/** A session whose user is back with a code. */
let returned = { id: "", code: "" };

async function visit(subject: Subject): Promise<typeof returned> {
  const session = await product.create(user, { tenant: { id: "acme", name: "Acme" } });
  const browser = world.browser();
  await openLink(browser, session);
  return { id: session.id, code: await returnToProduct(browser, subject) };
}

beforeAll(async () => {
  for (const subject of subjects) {
    const { id, code } = await visit(subject);
    const { json } = await product.complete({ id }, code, user);
    ids.set(subject.id, (json["connection"] as { id: number }).id);
  }
  returned = await visit(getSubject("stripe"));
});

type Sent = { path: string; body?: unknown };
const at = (provider: string) => ids.get(provider) ?? expect.fail(provider);

/** How each operation is called so that it succeeds, in an order in which each can. An operation that is not here fails a test. */
const calls: Readonly<Record<string, () => readonly Sent[]>> = {
  createConnectSession: () => [
    { path: "/connect/sessions", body: { user: { id: user } } },
    {
      path: "/connect/sessions",
      body: {
        user: { id: "usr_9", name: "Ada", email: "ada@acme.example" },
        tenant: { id: "acme", name: "Acme" },
        providers: ["zoom"],
        tags: { plan: "pro" },
        returnUrl: productUrl,
        locale: "de",
        expiresIn: 60,
      },
    },
  ],
  completeConnectSession: () => [
    { path: `/connect/sessions/${returned.id}/complete`, body: { connectCode: returned.code, user } },
  ],
  getConnectSession: () => [{ path: `/connect/sessions/${returned.id}` }],
  cancelConnectSession: () => [{ path: `/connect/sessions/${returned.id}` }],
  listConnections: () => [
    { path: "/connections" },
    { path: `/connections?user=${user}&tenant=acme&provider=zoom&status=active&limit=1` },
  ],
  getConnection: () => subjects.map(({ id }) => ({ path: `/connections/${at(id)}` })),
  updateConnection: () => [{ path: `/connections/${at("zoom")}`, body: { tags: { plan: "pro" }, label: "Sales" } }],
  issueToken: () => subjects.map(({ id }) => ({ path: `/connections/${at(id)}/token` })),
  checkConnection: () => subjects.map(({ id }) => ({ path: `/connections/${at(id)}/check` })),
  approveConnection: () => [{ path: `/connections/${at("zoom")}/approve` }],
  disconnectConnection: () => [{ path: `/connections/${at("zoom")}` }, { path: `/connections/${at("paypal")}` }],
  eraseUser: () => [{ path: `/users/${user}` }, { path: "/users/nobody" }],
};

async function send(method: string, { path, body }: Sent, { send } = backEnd): Promise<Said> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  return await send(`/api/v1${path}`, { method, ...json });
}

const document = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8")) as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, { description: string }> }>>;
};
const documented = Object.values(document.paths).flatMap((methods) => Object.values(methods));

/** The failure is one that the document says of the operation, with the same status. */
function expectDocumented(id: string, { status, json }: Said): void {
  expect(failure.parse(json)).toEqual(json);
  const { responses } = documented.find(({ operationId }) => operationId === id) ?? expect.fail(id);
  const codes = `${id} ${status}: ${responses[String(status)]?.description ?? ""}`;
  expect(codes).toContain(`\`${String(json["code"])}\``);
}

describe("the OpenAPI document", () => {
  test("the OpenAPI document is valid OpenAPI 3.1, and the API serves the one that is committed", async () => {
    const answer = await world.browser().get("/api/openapi.json");
    expect(answer.json).toEqual(document);
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as Record<string, unknown>)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("the OpenAPI document has every operation, and each is called here", () => {
    const names = documented.map(({ operationId }) => operationId).sort();
    expect(names).toEqual(operations.map(({ id }) => id).sort());
    expect(Object.keys(calls).sort()).toEqual(names);
  });
});

describe("each operation", () => {
  test.each(Object.keys(calls))("%s: what it answers is what the document says, and no field more", async (id) => {
    const { method, answer, status = 200 } = operations.find((operation) => operation.id === id) ?? expect.fail(id);
    for (const call of calls[id]?.() ?? []) {
      const said = await send(method, call);
      expect([call.path, said.status, said.text]).toEqual([call.path, status, expect.any(String)]);
      expect(answer.parse(said.json)).toEqual(said.json);
    }
  });

  test.each(operations)("$id: how it is refused is what the document says", async ({ id, method, path, right }) => {
    const nobody = path.startsWith("/connect/") ? "cs_unknown" : "999999999";
    const unknown = { path: path.replace("{id}", nobody), ...(method.startsWith("P") && { body: {} }) };
    const refusals = [
      await send(method, unknown, createBackEnd(world.url)),
      ...(right === "read" ? [] : [await send(method, unknown, createBackEnd(world.url, keys.reader))]),
      ...(path.includes("{id}") ? [await send(method, { path: path.replace("{id}", "%00") })] : []),
    ];
    const answers = [...refusals, await send(method, unknown)];
    for (const said of refusals) expect(said.status).toBeGreaterThanOrEqual(400);
    for (const said of answers) if (said.status >= 400) expectDocumented(id, said);
  });
});

describe("the page of the document", () => {
  test("the page of the document asks no other host, and its files are there", async () => {
    const page = await world.browser().get("/api/docs");
    expect(page.status).toBe(200);
    const named = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = ""]) => source);
    const sources = named.filter((source) => source !== "data:,");
    expect(sources).toHaveLength(3);
    for (const source of sources) {
      expect(source).toMatch(/^\/api\/docs\//);
      expect([source, (await world.browser().get(source)).status]).toEqual([source, 200]);
    }
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
  });
});
