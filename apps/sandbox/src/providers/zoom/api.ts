import { parseBearerToken } from "../../oauth/client-credentials.ts";
import type { Token } from "../../oauth/tokens.ts";
import { mergePatch } from "../../patch.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse } from "../../http/messages.ts";
import type { ZoomPerson } from "./people.ts";
import { apiRefusal, trackingId } from "./refusals.ts";
import type { ZoomState } from "./zoom.ts";

const wanted = ["user:read:user", "user:read:user:admin"];

/** `GET https://api.zoom.us/v2/users/me`. A missing scope is a 400 here. */
export function createUsersMeEndpoint(zoom: ZoomState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const { grant } = requireZoomToken(zoom, request);
    if (!grant.scopes.some((scope) => wanted.includes(scope)))
      throw apiRefusal(400, 4711, `Invalid access token, does not contain scopes:[${wanted.join(", ")}].`);
    const person = zoom.people.getPerson(grant);
    return jsonResponse(200, mergePatch(buildUser(person), person.answer), trackingId());
  };
}

function requireZoomToken({ grants }: ZoomState, request: ProviderRequest): Token {
  if (request.query.has("access_token"))
    throw apiRefusal(401, 124, "Invalid access token, this access token is not supported as query parameter string.");
  const token = grants.useToken(parseBearerToken(request) ?? "");
  if (token?.kind !== "access" || token.revoked || token.grant.ended)
    throw apiRefusal(401, 124, "Invalid access token.");
  if (grants.isTokenExpired(token)) throw apiRefusal(401, 124, "Access token is expired.");
  return token;
}

/** Describes the user. One of the fields is a secret of the user: `host_key`. */
function buildUser(person: ZoomPerson): Record<string, unknown> {
  const { id, account_id, name, email, type, pmi, timezone } = person;
  const [first = "", ...last] = name.split(" ");
  return {
    id,
    first_name: first,
    last_name: last.join(" "),
    display_name: name,
    ...(email !== undefined && { email }),
    type,
    role_name: "Owner",
    pmi,
    use_pmi: false,
    personal_meeting_url: `https://us04web.zoom.us/j/${pmi}`,
    timezone,
    verified: 1,
    dept: "",
    created_at: "2023-05-09T07:21:44Z",
    last_login_time: "2026-11-20T08:02:10Z",
    host_key: "583921",
    cms_user_id: "",
    jid: `${id.toLowerCase()}@xmpp.zoom.us`,
    group_ids: [],
    im_group_ids: [],
    account_id,
    language: "en-US",
    phone_country: "",
    phone_number: "",
    status: "active",
    login_types: [100],
    role_id: "0",
    account_number: 9_100_245_517,
    cluster: "us04",
    user_created_at: "2023-05-09T07:21:44Z",
  };
}
