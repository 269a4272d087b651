import { createSandboxClient } from "@patchbay/sandbox/client";

/** The control API of a sandbox, and the questions that the tests of the API often ask. */
export function createSandboxControl(url: string) {
  const client = createSandboxClient(url);
  return {
    ...client,
    /** The login codes that arrived on a phone, newest first. */
    listCodes: async (phone: string) => (await client.listLoginCodes({ phone })).map(({ code }) => code),
    /** How many sessions a person has. */
    countSessions: async (phone: string) => (await client.listSessions({ phone })).length,
    /** The counts of a provider's requests. */
    getSummary: async (provider: string) => {
      const summary = (await client.listCalls()).summary[provider];
      if (summary === undefined) throw new Error(`The sandbox does not play ${provider}.`);
      return summary;
    },
    /** Grants with a refresh token. Shopify lets the access tokens of replaced grants expire within the hour. */
    listRefreshableGrants: async (provider: string) =>
      (await client.listGrants({ provider })).filter(({ refreshTokens }) => refreshTokens > 0),
  };
}

export type SandboxControl = ReturnType<typeof createSandboxControl>;
