import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, unrecognizedResponseError } from "../../http/index.ts";
import { isRejected, type Access } from "../../oauth/index.ts";
import type { Revocation } from "../../provider.ts";
import { graphql } from "./admin.ts";

const mutation = "mutation { appUninstall { app { id } userErrors { code field message } } }";
const uninstallAnswer = z.object({
  data: z.object({ appUninstall: z.object({ userErrors: z.array(z.object({ code: z.string().nullish() })) }) }),
});

/** The app is not there: uninstalled before. */
const gone = new Set(["APP_NOT_INSTALLED", "APP_NOT_FOUND"]);

/** Uninstalls our app. There is no revoke endpoint: access ends when the app is uninstalled, which only the app itself may ask for. */
export async function uninstallFromShop(access: Access): Promise<Revocation> {
  try {
    const answer = await graphql(access, { query: mutation });
    const userErrors = parseJsonAs(answer, uninstallAnswer)?.data.appUninstall.userErrors;
    if (userErrors === undefined) throw unrecognizedResponseError(answer, "Shopify's appUninstall");
    if (userErrors.every(({ code }) => gone.has(code ?? ""))) return { outcome: "revoked" };
  } catch (failure) {
    // The token is dead: the app was uninstalled before.
    if (isRejected(failure)) return { outcome: "revoked" };
    throw failure;
  }
  throw new ConnectError("provider_unavailable", "Shopify's appUninstall did not uninstall");
}
