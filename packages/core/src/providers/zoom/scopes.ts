import type { ScopeRules } from "../../oauth/index.ts";

/**
 * The scopes of Zoom: https://developers.zoom.us/docs/integrations/oauth-scopes-overview/
 * The app's registration says what is asked for: naming several in the request has ended in error 4700. So the scopes that an
 * operator or an attempt names are those that have to be granted. Apps from before 2024 have names of two parts.
 */
export const zoomScopes: ScopeRules = {
  identity: ["user:read:user"],
  usual: ["user:read:user"],
  form: /^[a-z0-9_]{1,60}(?::[a-z0-9_]{1,60}){0,3}$/,
  // An administrator's scope covers their own account, too.
  listIncluding: (scope) => [`${scope}:admin`, `${scope}:master`],
  words: {
    "user:read:user": "See your name and e-mail address",
    "user:read:settings": "See your settings",
    "user:update:user": "Change your profile",
    "meeting:read:list_meetings": "See the list of your meetings",
    "meeting:read:meeting": "See your meetings",
    "meeting:read:past_meeting": "See your past meetings",
    "meeting:read:list_past_participants": "See who took part in your meetings",
    "meeting:read:invitation": "See the invitations to your meetings",
    "meeting:read:summary": "See the summaries of your meetings",
    "meeting:write:meeting": "Create meetings for you",
    "meeting:write:registrant": "Register people for your meetings",
    "meeting:update:meeting": "Change your meetings",
    "meeting:delete:meeting": "Delete your meetings",
    "webinar:read:list_webinars": "See the list of your webinars",
    "webinar:read:webinar": "See your webinars",
    "webinar:write:webinar": "Create webinars for you",
    "webinar:update:webinar": "Change your webinars",
    "webinar:delete:webinar": "Delete your webinars",
    "cloud_recording:read:list_user_recordings": "See the list of your recordings",
    "cloud_recording:read:list_recording_files": "See your recordings",
    "cloud_recording:read:recording": "See your recordings",
    "cloud_recording:read:meeting_transcript": "See the transcripts of your meetings",
    "cloud_recording:delete:recording_file": "Delete your recordings",
    user_profile: "See your name and e-mail address",
    "user:read": "See your profile",
    "user:write": "See and change your profile",
    "meeting:read": "See your meetings",
    "meeting:write": "See, create, change and delete your meetings",
    "webinar:read": "See your webinars",
    "webinar:write": "See, create, change and delete your webinars",
    "recording:read": "See your recordings",
    "recording:write": "See, change and delete your recordings",
  },
};
