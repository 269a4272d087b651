import { expect, test } from "vitest";
import { listApiNames, listLostNames, type ApiDocument } from "./api-names.ts";

type Draft = { version?: string; fields?: string[]; codes?: string[]; parameter?: string; path?: string };

function draft({ version = "1.0.0", fields = ["id", "label"], codes = ["gone"], ...rest }: Draft = {}): ApiDocument {
  const json = (schema: object) => ({ content: { "application/json": { schema } } });
  const thing = { type: "object", properties: Object.fromEntries(fields.map((name) => [name, { type: "string" }])) };
  const operation = {
    operationId: "listThings",
    parameters: [{ in: "query", name: rest.parameter ?? "user", schema: { enum: ["a", "b"] } }],
    requestBody: json({ properties: { tags: { patternProperties: { "^tag": {} } } } }),
    responses: {
      "200": json({ properties: { things: { items: { $ref: "#/components/schemas/Thing" } } } }),
      "404": json({ allOf: [{ properties: { code: { enum: codes } } }] }),
    },
  };
  return {
    info: { version },
    paths: { [rest.path ?? "/things"]: { get: operation } },
    components: { schemas: { Thing: thing } },
  };
}

test("the names of a document are its operations, parameters, fields and codes, with their places", () => {
  expect(listApiNames(draft())).toEqual(
    expect.arrayContaining([
      "GET /things",
      "GET /things is listThings",
      "GET /things query user = b",
      "GET /things body.tags",
      "GET /things 200.things[].label",
      "GET /things 404.code = gone",
    ]),
  );
});

test.each<[string, Draft, string]>([
  ["a field", { fields: ["id", "name"] }, "GET /things 200.things[].label"],
  ["a code", { codes: ["missing"] }, "GET /things 404.code = gone"],
  ["a parameter", { parameter: "person" }, "GET /things query user"],
  ["a path", { path: "/items" }, "GET /things"],
])("%s that is renamed within a version is lost; with another version it may go", (_what, change, lost) => {
  expect(listLostNames(draft(), draft(change))).toContain(lost);
  expect(listLostNames(draft(), draft({ ...change, version: "2.0.0" }))).toEqual([]);
});

test("a name that is added loses none", () => {
  expect(listLostNames(draft(), draft({ fields: ["id", "label", "more"], codes: ["gone", "late"] }))).toEqual([]);
});
