import { expect, test } from "vitest";
import { buildProductSettings } from "./product-settings.ts";

test("of .env only the product's own settings are read, and the shell's come before them", () => {
  const file = {
    APP_NAME: "Acme",
    ALLOWED_ORIGINS: "https://app.acme.example",
    ACME_SECRET: "real",
    DATABASE_URL: "real",
  };
  expect(buildProductSettings({ APP_NAME: "Shell", PATH: "/bin" }, file, {})).toEqual({
    APP_NAME: "Shell",
    ALLOWED_ORIGINS: "https://app.acme.example",
  });
});

test("what a command adds to a list stands before what is given, and alone if nothing is", () => {
  const added = { SERVICE_KEYS: "npm-start:00", CONNECT_RETURN_URLS: "http://127.0.0.1:5100/connected" };
  expect(buildProductSettings({}, { SERVICE_KEYS: "crm:ff", CONNECT_RETURN_URLS: "" }, added)).toEqual({
    SERVICE_KEYS: "npm-start:00,crm:ff",
    CONNECT_RETURN_URLS: "http://127.0.0.1:5100/connected",
  });
});
