import type { Config } from "./config.ts";

/** What an operator should know of who can reach this process, and whose word it takes for that: a sentence each. */
export function describeExposure({ host, publicUrl, trustProxy }: Pick<Config, "host" | "publicUrl" | "trustProxy">) {
  const sentences: string[] = [];
  if (publicUrl.protocol === "https:" && trustProxy === 0) {
    sentences.push(
      "TRUST_PROXY is 0, but PUBLIC_URL is https: everybody counts as the proxy in front, and shares one limit. Set it to the number of proxies.",
    );
  }
  // Where proxies are named by address, nobody else is believed.
  if (["0.0.0.0", "::"].includes(host) && typeof trustProxy === "number" && trustProxy > 0) {
    sentences.push(
      `HOST is ${host}, and TRUST_PROXY a number: whoever reaches the port past the proxy can name any address, and no limit holds. Close the port to others, or name the proxies' addresses.`,
    );
  }
  return sentences;
}
