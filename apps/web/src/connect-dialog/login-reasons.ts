import type { LoginReason } from "@patchbay/api/router";

/** Why a provider refused a login, and what the user can do. `name` is the provider's. */
export const loginReasonSentences = {
  email_setup_required: (name) =>
    `${name} wants a login e-mail for this account first. Add one in the ${name} app under Settings > Privacy and Security, or scan the code instead.`,
  number_protected: (name) => `${name} sends no codes to this number. Scan the code with the ${name} app instead.`,
  number_unknown: (name) =>
    `There is no ${name} account with this number. Create one in the ${name} app first, or check the number.`,
  number_banned: (name) => `${name} has banned this number. Ask ${name} about it, or use another account.`,
  account_deleted: (name) => `The ${name} account with this number was deleted. Use another account.`,
  code_not_sent: (name) =>
    `${name} could not send a code to this number. Try again in a few minutes, or scan the code instead.`,
  no_other_delivery: (name) =>
    `${name} has no other way to send the code. Use the code that was sent, or start again later.`,
  restart_required: (name) => `${name} ended this login. Please start again.`,
  client_outdated: (name) =>
    `${name} no longer accepts the software behind this page. It is not your fault: tell the people who run this site.`,
} satisfies Record<LoginReason, (name: string) => string>;
