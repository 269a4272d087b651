import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { listPeople } from "./banner.ts";

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
