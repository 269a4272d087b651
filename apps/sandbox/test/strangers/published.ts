import { z } from "zod";

/*
 * The shapes that the providers publish of their answers, as far as they are played: Calendly's and PayPal's from their
 * API references of 2026, Zoom's from the typings of its own library (@zoom/rivet 0.4.0, whose licence keeps it out of
 * this tree). Strict: a field that is not published is an error.
 */

const uri = (...path: string[]) => z.string().regex(new RegExp(`^https://api\\.calendly\\.com/${path.join("/")}$`));
const uuid = "[\\w-]+";
const microseconds = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

export const calendlyUser = z.strictObject({
  resource: z.strictObject({
    uri: uri("users", uuid),
    name: z.string(),
    slug: z.string(),
    email: z.email(),
    scheduling_url: z.url(),
    timezone: z.string(),
    time_notation: z.enum(["12h", "24h"]),
    avatar_url: z.url().nullable(),
    created_at: microseconds,
    updated_at: microseconds,
    current_organization: uri("organizations", uuid),
    resource_type: z.literal("User"),
    locale: z.enum(["en", "fr", "es", "de", "pt", "ps"]),
  }),
});

export const calendlyTokens = z.strictObject({
  token_type: z.literal("Bearer"),
  access_token: z.string(),
  refresh_token: z.string(),
  scope: z.string(),
  created_at: z.int(),
  expires_in: z.int(),
  owner: uri("users", uuid),
  organization: uri("organizations", uuid),
});

export const calendlySubscriptions = z.strictObject({
  collection: z.array(
    z.strictObject({
      uri: uri("webhook_subscriptions", uuid),
      callback_url: z.url(),
      created_at: microseconds,
      updated_at: microseconds,
      retry_started_at: microseconds.nullable(),
      state: z.enum(["active", "disabled"]),
      events: z.array(z.string()),
      scope: z.enum(["user", "organization", "group"]),
      organization: uri("organizations", uuid),
      user: uri("users", uuid).nullable(),
      group: uri("groups", uuid).nullable(),
      creator: uri("users", uuid).nullable(),
    }),
  ),
  pagination: z.strictObject({
    count: z.int().min(0).max(100),
    next_page: z.url().nullable(),
    previous_page: z.url().nullable(),
    next_page_token: z.string().nullable(),
    previous_page_token: z.string().nullable(),
  }),
});

const cancellation = z.strictObject({
  canceled_by: z.string(),
  reason: z.string().nullable(),
  canceler_type: z.enum(["host", "invitee"]),
  created_at: microseconds,
});

const scheduledEvent = z.strictObject({
  uri: uri("scheduled_events", uuid),
  name: z.string().nullable(),
  meeting_notes_plain: z.string().nullable(),
  meeting_notes_html: z.string().nullable(),
  status: z.enum(["active", "canceled"]),
  start_time: microseconds,
  end_time: microseconds,
  event_type: uri("event_types", uuid),
  location: z.looseObject({ type: z.string() }),
  invitees_counter: z.strictObject({ total: z.int(), active: z.int(), limit: z.int() }),
  created_at: microseconds,
  updated_at: microseconds,
  event_memberships: z.array(
    z.strictObject({ user: uri("users", uuid), user_email: z.email(), user_name: z.string() }),
  ),
  event_guests: z.array(z.strictObject({ email: z.email(), created_at: microseconds, updated_at: microseconds })),
  cancellation: cancellation.optional(),
});

export const calendlyInvitee = z.strictObject({
  event: z.enum(["invitee.created", "invitee.canceled", "invitee_no_show.created", "invitee_no_show.deleted"]),
  created_at: microseconds,
  created_by: uri("users", uuid),
  payload: z.strictObject({
    uri: uri("scheduled_events", uuid, "invitees", uuid),
    event: uri("scheduled_events", uuid),
    email: z.email(),
    name: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    status: z.enum(["active", "canceled"]),
    timezone: z.string().nullable(),
    text_reminder_number: z.string().nullable(),
    questions_and_answers: z.array(
      z.strictObject({ question: z.string(), answer: z.string(), position: z.int().min(0) }),
    ),
    tracking: z.strictObject({
      utm_campaign: z.string().nullable(),
      utm_source: z.string().nullable(),
      utm_medium: z.string().nullable(),
      utm_content: z.string().nullable(),
      utm_term: z.string().nullable(),
      salesforce_uuid: z.string().nullable(),
    }),
    rescheduled: z.boolean(),
    old_invitee: z.url().nullable(),
    new_invitee: z.url().nullable(),
    cancel_url: z.url(),
    reschedule_url: z.url(),
    routing_form_submission: z.url().nullable(),
    cancellation: cancellation.optional(),
    payment: z.looseObject({}).nullable(),
    no_show: z.strictObject({ uri: uri("invitee_no_shows", uuid), created_at: microseconds }).nullable(),
    reconfirmation: z.strictObject({ created_at: microseconds, confirmed_at: microseconds.nullable() }).nullable(),
    scheduling_method: z.literal("instant_book").nullable(),
    invitee_scheduled_by: uri("users", uuid).nullable(),
    scheduled_event: scheduledEvent,
    created_at: microseconds,
    updated_at: microseconds,
  }),
});

const zoomMoment = z.iso.datetime();

/** `host_key` is documented, and is not in the typings. */
export const zoomUser = z
  .strictObject({
    id: z.string(),
    account_id: z.string(),
    account_number: z.int(),
    cluster: z.string(),
    cms_user_id: z.string(),
    created_at: zoomMoment,
    dept: z.string(),
    display_name: z.string(),
    email: z.email(),
    first_name: z.string(),
    group_ids: z.array(z.string()),
    host_key: z.string(),
    im_group_ids: z.array(z.string()),
    jid: z.string(),
    language: z.string(),
    last_login_time: zoomMoment,
    last_name: z.string(),
    login_types: z.array(z.literal([0, 1, 11, 21, 23, 24, 27, 97, 98, 99, 100, 101])),
    personal_meeting_url: z.url(),
    phone_country: z.string(),
    phone_number: z.string(),
    pmi: z.int(),
    role_id: z.string(),
    role_name: z.string(),
    status: z.enum(["pending", "active", "inactive"]),
    timezone: z.string(),
    type: z.literal([1, 2, 4, 99]),
    use_pmi: z.boolean(),
    user_created_at: zoomMoment,
    verified: z.int(),
  })
  .partial()
  .required({ type: true });

export const zoomDeauthorization = z.strictObject({
  event: z.literal("app_deauthorized"),
  payload: z.strictObject({
    user_id: z.string(),
    account_id: z.string(),
    client_id: z.string(),
    deauthorization_time: zoomMoment,
    signature: z.string(),
    event_ts: z.number(),
  }),
});

const paypalAddress = z.strictObject({
  street_address: z.string(),
  locality: z.string(),
  region: z.string(),
  postal_code: z.string(),
  country: z.string(),
});

/** The answer under the schema `paypalv1.1`; some booleans come as text. */
export const paypalUser = z
  .strictObject({
    user_id: z.url(),
    sub: z.url(),
    name: z.string(),
    given_name: z.string(),
    family_name: z.string(),
    payer_id: z.string().regex(/^[A-Z0-9]{13}$/),
    address: paypalAddress,
    verified_account: z.literal([true, false, "true", "false"]),
    emails: z.array(
      z.strictObject({
        value: z.email(),
        primary: z.literal([true, false, "true", "false"]),
        confirmed: z.literal([true, false, "true", "false"]),
      }),
    ),
    business_name: z.string().max(300),
    business_category: z.string().max(100),
    business_phone: z.string().max(50),
    business_address: paypalAddress,
  })
  .partial()
  .required({ user_id: true });
