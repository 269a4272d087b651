/** What a token endpoint may say to a refresh. */
export interface Spoken {
  name: string;
  fault: { status?: number; body?: unknown; headers?: Record<string, string>; drop?: "before"; delayMs?: number };
}

const spoken = (status: number, body: { error: string; [field: string]: string }): Spoken => ({
  name: `${status} ${body.error}`,
  fault: { status, body },
});

/** How each provider says that a refresh token is dead, as their documentation has it. */
export const deadWords: Record<"calendly" | "paypal" | "shopify" | "zoom", readonly Spoken[]> = {
  calendly: [
    spoken(400, { error: "invalid_grant", error_description: "The provided authorization grant is invalid" }),
    spoken(401, { error: "invalid_grant" }),
  ],
  paypal: [
    spoken(400, { error: "invalid_request", error_description: "Unable to refresh access token" }),
    spoken(401, { error: "invalid_refresh_token", error_description: "Refresh Token is invalid" }),
    spoken(400, { error: "access_denied", error_description: "denied" }),
  ],
  shopify: [
    spoken(401, { error: "invalid_request", error_description: "This request requires an active refresh_token" }),
    spoken(400, { error: "invalid_subject_token" }),
  ],
  zoom: [
    spoken(400, { reason: "Invalid Token!", error: "invalid_grant" }),
    spoken(401, { reason: "Invalid Token!", error: "invalid_request" }),
  ],
};

/** What says nothing about the grant. */
export const transientWords: readonly Spoken[] = [
  { name: "500", fault: { status: 500, body: "oops" } },
  { name: "502 as HTML", fault: { status: 502, body: "<html>" } },
  { name: "429", fault: { status: 429, body: {}, headers: { "retry-after": "2" } } },
  { name: "408", fault: { status: 408, body: {} } },
  { name: "cut connection", fault: { drop: "before" } },
  { name: "time-out", fault: { status: 503, body: "late", delayMs: 10_500 } },
];
