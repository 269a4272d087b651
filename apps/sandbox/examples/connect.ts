import { createSandbox } from "@patchbay/sandbox";
import { createSandboxClient } from "@patchbay/sandbox/client";
import { people } from "@patchbay/sandbox/people";

const product = "http://localhost:3000";
const sandbox = await createSandbox({ port: 0, appOrigins: [product] });
const client = createSandboxClient(sandbox.url);

// Start your product with this environment: it is then the client of the app that each provider has.
const environment: Record<string, string> = { ...(await client.getEnvironment()), SANDBOX_URL: sandbox.url };

// The first request for a token fails, as if Zoom were down.
await client.failRequests({ host: "zoom.us", path: "/oauth/token", status: 503 });

// Priya allows access on Zoom's page, and Zoom sends her browser back to your product with a code.
const consent = await fetch(`${sandbox.url}/zoom.us/oauth/authorize`, {
  method: "POST",
  redirect: "manual",
  body: new URLSearchParams({
    client_id: environment["ZOOM_CLIENT_ID"] ?? "",
    response_type: "code",
    redirect_uri: `${product}/api/v1/channels/zoom/callback`,
    person: people.zoom.priya.person,
    decision: "allow",
  }),
});
const callback = new URL(consent.headers.get("location") ?? "");

// Your product exchanges the code. Here the test does it, twice, because the first try fails.
for (const attempt of ["first", "second"]) {
  const { status } = await fetch(`${sandbox.url}/zoom.us/oauth/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${environment["ZOOM_CLIENT_ID"]}:${environment["ZOOM_CLIENT_SECRET"]}`)}`,
    },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: callback.searchParams.get("code") ?? "",
      redirect_uri: `${product}/api/v1/channels/zoom/callback`,
    }),
  });
  console.log(`The ${attempt} exchange was answered with ${status}.`);
}

// Afterwards the sandbox tells what your product did.
const { summary } = await client.listCalls();
const grants = await client.listGrants({ provider: "zoom" });
console.log(`One code was used ${summary["zoom"]?.maxUsesOfOneCode} times; Zoom has ${grants.length} grant.`);
await sandbox.close();
