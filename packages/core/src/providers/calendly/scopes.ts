import type { ScopeRules } from "../../oauth/index.ts";

/** What a user allows with `…:read`, and with `…:write` as well if that exists. https://developer.calendly.com/docs/authentication/scopes */
const read = {
  users: "See your name, e-mail address, time zone and scheduling link",
  organizations: "See your organization and its members",
  groups: "See the groups of your organization",
  event_types: "See your event types and their available times",
  availability: "See your availability and when you are busy",
  scheduled_events: "See your scheduled events and their invitees",
  locations: "See where you meet",
  routing_forms: "See your routing forms and their answers",
  contacts: "See your contacts",
  meeting_recaps: "See the recaps of your meetings",
  activity_log: "See the activity log of your organization",
  outgoing_communications: "See the messages that Calendly sends for you",
  webhooks: "See its notifications about your events",
};
const write = {
  organizations: "See your organization and its members, invite and remove members",
  event_types: "See, create and change your event types",
  availability: "See and change your availability",
  scheduled_events: "See, create and cancel your scheduled events",
  scheduling_links: "Create scheduling links",
  shares: "Create shared event types",
  contacts: "See and change your contacts",
  data_compliance: "Delete data of invitees and events",
  webhooks: "Be notified about your events",
};

const entriesOf = (access: string, words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([of, text]) => [`${of}:${access}`, text]);

/** The scopes of Calendly. */
export const calendlyScopes: ScopeRules = {
  identity: ["users:read"],
  usual: ["users:read"],
  webhooks: ["webhooks:write", "scheduled_events:read"],
  form: /^[a-z_]{1,100}:(?:read|write)$/,
  separator: " ",
  // Write includes read. Apps older than March 2026 have one all-access scope, reported as "default".
  listIncluding: (scope) => [...(scope.endsWith(":read") ? [scope.replace(/read$/, "write")] : []), "default"],
  words: Object.fromEntries([...entriesOf("read", read), ...entriesOf("write", write)]),
};
