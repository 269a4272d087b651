// A product of its own: its own users, its own sign-in, its own origin. What it has of Patchbay stands in accounts.ts.
import express from "express";
import { createAccounts } from "./accounts.ts";
import { failurePage } from "./page.ts";
import { createSignIn } from "./sign-in.ts";

const { PORT = "5100", PATCHBAY_URL = "http://localhost:3000", PATCHBAY_KEY = "" } = process.env;
const origin = `http://127.0.0.1:${PORT}`;

const app = express().disable("x-powered-by");
app.use(createSignIn());
app.use(createAccounts({ url: PATCHBAY_URL, key: PATCHBAY_KEY, origin }));
// oxlint-disable-next-line max-params -- four parameters are how Express knows an error handler
app.use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
  console.error(error);
  response.status(500).send(failurePage());
});
const server = app.listen(Number(PORT), "127.0.0.1", () => console.log(`The example product is on ${origin}.`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
