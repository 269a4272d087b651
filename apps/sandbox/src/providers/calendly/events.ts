import { randomUUID } from "node:crypto";
import { minutes } from "../../clock.ts";
import type { Patch } from "../../patch.ts";
import type { EventOrder, EventSubject } from "../../webhooks/delivery.ts";
import { type CalendlyPerson, buildUserUri } from "./people.ts";
import { formatTime } from "./subscription-store.ts";

const api = "https://api.calendly.com";

/** Builds the envelope of an event. No delivery has an id: only the invitee and the time tell events apart. */
export function buildEnvelope(order: EventOrder, subject: EventSubject<CalendlyPerson>): Patch {
  const { event, at } = order;
  const created_by = subject.account ?? buildUserUri(subject.person);
  const build = event.startsWith("routing_form_submission.") ? buildSubmission : buildInvitee;
  return { event, created_at: formatTime(at), created_by, payload: build(order, subject) };
}

const noTracking = {
  utm_campaign: null,
  utm_source: null,
  utm_medium: null,
  utm_content: null,
  utm_term: null,
  salesforce_uuid: null,
};

/** Builds every field that Calendly publishes of an invitee. Fields without a value are null. */
function buildInvitee({ event, at }: EventOrder, subject: EventSubject<CalendlyPerson>): Patch {
  const scheduled = `${api}/scheduled_events/${randomUUID()}`;
  const invitee = randomUUID();
  const isCanceled = event === "invitee.canceled";
  return {
    uri: `${scheduled}/invitees/${invitee}`,
    event: scheduled,
    name: "Sam Rivera",
    first_name: "Sam",
    last_name: "Rivera",
    email: "sam.rivera@example.com",
    status: isCanceled ? "canceled" : "active",
    timezone: subject.person.timezone,
    text_reminder_number: null,
    questions_and_answers: [{ question: "What shall we talk about?", answer: "A new website", position: 0 }],
    tracking: noTracking,
    rescheduled: false,
    old_invitee: null,
    new_invitee: null,
    cancel_url: `https://calendly.com/cancellations/${invitee}`,
    reschedule_url: `https://calendly.com/reschedulings/${invitee}`,
    routing_form_submission: null,
    payment: null,
    no_show: event.startsWith("invitee_no_show.")
      ? { uri: `${api}/invitee_no_shows/${randomUUID()}`, created_at: formatTime(at) }
      : null,
    reconfirmation: null,
    scheduling_method: null,
    invitee_scheduled_by: null,
    ...(isCanceled && { cancellation: buildCancellation(at) }),
    scheduled_event: buildScheduledEvent(scheduled, { event, at }, subject),
    created_at: formatTime(at),
    updated_at: formatTime(at),
  };
}

const buildCancellation = (at: number): Patch => ({
  canceled_by: "Sam Rivera",
  reason: "Something came up",
  canceler_type: "invitee",
  created_at: formatTime(at),
});

function buildScheduledEvent(
  uri: string,
  { event, at }: EventOrder,
  { person, account }: EventSubject<CalendlyPerson>,
): Patch {
  const start = at + minutes(24 * 60);
  const isCanceled = event === "invitee.canceled";
  return {
    uri,
    name: "30 Minute Meeting",
    meeting_notes_plain: null,
    meeting_notes_html: null,
    status: isCanceled ? "canceled" : "active",
    start_time: formatTime(start),
    end_time: formatTime(start + minutes(30)),
    event_type: `${api}/event_types/${randomUUID()}`,
    location: { type: "physical", location: "Main office", additional_info: null },
    invitees_counter: { total: 1, active: isCanceled ? 0 : 1, limit: 1 },
    event_memberships: [
      { user: account ?? buildUserUri(person), user_email: person.email ?? null, user_name: person.name },
    ],
    event_guests: [],
    created_at: formatTime(at),
    updated_at: formatTime(at),
    ...(isCanceled && { cancellation: buildCancellation(at) }),
  };
}

function buildSubmission({ at }: EventOrder): Patch {
  const uuid = randomUUID();
  return {
    uri: `${api}/routing_form_submissions/${uuid}`,
    routing_form: `${api}/routing_forms/${randomUUID()}`,
    questions_and_answers: [{ question_uuid: randomUUID(), question: "What do you need?", answer: "A demonstration" }],
    tracking: noTracking,
    result: { type: "external_url", value: "https://www.example.com/thanks" },
    submitter: null,
    submitter_type: null,
    created_at: formatTime(at),
    updated_at: formatTime(at),
  };
}
