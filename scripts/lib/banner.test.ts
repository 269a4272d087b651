import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { banner, listPeople } from "./banner.ts";

test("people are listed with what one types to be them", () => {
  const people = {
    acme: [
      { person: "ada", name: "Ada" },
      { person: "tomas", name: "Tomas" },
    ],
    stores: [
      { person: "nora", name: "Nora", shop: "nora-goods.stores.example" },
      { person: "omar", name: "Omar", shop: "x1.stores.example", typed: "omar" },
    ],
    phones: [{ person: "lena", name: "Lena", phone: "+1 555 0100", password: "secret" }],
  };
  expect(stripVTControlCharacters(listPeople(people)).split("\n")).toEqual([
    "  acme     Ada · Tomas",
    "  stores   Nora (nora-goods) · Omar (omar)",
    "  phones   Lena (+1 555 0100, password secret)",
  ]);
});

test("the banner shows a call of the back end that can be pasted", () => {
  const text = banner({
    rows: [["Page", "http://localhost:3000"]],
    people: {},
    serviceKey: "the-key",
    api: "http://localhost:3000",
  });
  expect(stripVTControlCharacters(text).split("\n")).toContain(
    `  curl --json '{ "user": { "id": "usr_1" } }' -H 'Authorization: Bearer the-key' http://localhost:3000/api/v1/connect/sessions`,
  );
});
