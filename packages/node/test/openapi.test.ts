import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answeredCodes } from "../src/error.ts";
import { calls } from "./calls.ts";

type Answer = {
  content?: { "application/json": { schema: { allOf?: { properties?: { code?: { enum: string[] } } }[] } } };
};
type Operation = { responses: Record<string, Answer> };
type Document = { paths: Record<string, Record<string, Operation>> };

const file = join(import.meta.dirname, "../../../docs/openapi.json");
const { paths } = JSON.parse(readFileSync(file, "utf8")) as Document;

test("the client has a call for each documented operation", () => {
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(1)}`),
  );
  const called = calls.map(([_name, _call, request]) =>
    request.replace(/\?.*/, "").replace(/\/(cs_1|7|a%2Fb)/, "/{id}"),
  );
  expect(new Set(called)).toEqual(new Set(documented));
});

test("the client names each documented code", () => {
  const operations: Operation[] = Object.values(paths).flatMap((methods) => Object.values(methods));
  const answers: Answer[] = operations.flatMap(({ responses }) => Object.values(responses));
  const codes = answers.flatMap(({ content }) =>
    (content?.["application/json"].schema.allOf ?? []).flatMap(({ properties }) => properties?.code?.enum ?? []),
  );
  expect(new Set(codes)).toEqual(new Set(answeredCodes));
});
