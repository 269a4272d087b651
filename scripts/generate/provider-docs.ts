import type { ProviderSettings, WebhookGuide } from "../../packages/core/src/provider-settings.ts";
import { listRedirectPaths, redirectVariable, type ProviderModule } from "../../packages/core/src/providers/index.ts";
import { renderComment, renderTable } from "./blocks.ts";

/** Renders the table of the README that says where an app is registered, and with which redirect URI. */
export function renderRegistrationTable(modules: readonly ProviderModule[]): string {
  const rows = modules.map((module) => {
    const { page, pageName = new URL(page).host, app, redirectNote } = module.settings.guide;
    const redirect = `\`${listRedirectPaths(module)[0]}\``;
    const where = `[${pageName}](${page}): ${app}`;
    return [module.spec.name, where, redirectNote === undefined ? redirect : `${redirect}, ${redirectNote}`];
  });
  return renderTable([["provider", "where", "redirect URI to register, behind your `PUBLIC_URL`"], ...rows]);
}

/** Renders the table of the README that says where a provider is told of our webhook address. */
export function renderWebhookTable(modules: readonly ProviderModule[]): string {
  const rows = modules.flatMap(({ spec, settings }) => {
    const { webhook } = settings.guide;
    if (webhook === undefined) return [];
    const address = webhook.isAutomatic ? "" : `\`${webhookPath(spec.id)}\``;
    const variable = webhook.variable === undefined ? "none: the client secret" : `\`${webhook.variable}\``;
    return [[spec.name, webhook.where, address, variable]];
  });
  return renderTable([["provider", "where", "address behind your `PUBLIC_URL`", "variable"], ...rows]);
}

/** Renders the variables of a provider with OAuth for `.env.example`. */
export function renderOAuthVariables(module: ProviderModule): string {
  const { spec, settings } = module;
  const { redirectName = "Redirect URI", redirectNote, webhook } = settings.guide;
  const [callback, page] = listRedirectPaths(module);
  const note = redirectNote === undefined ? "" : `, ${redirectNote}`;
  const head = [`${redirectName} to register${note}: ${publicUrl}${callback}`];
  const comments: Record<string, string> = {};
  if (webhook?.variable !== undefined) comments[webhook.variable] = describeWebhook(spec.id, webhook);
  else if (webhook !== undefined) head.push(describeWebhook(spec.id, webhook));
  const lines = [renderVariables(spec.name, settings, { head, comments })];
  if (page !== undefined) {
    const text = `Only if the page handles the callback: ${publicUrl}${page}`;
    lines.push(...renderComment(text), `${redirectVariable(module)}=`);
  }
  return lines.join("\n");
}

type Additions = {
  /** What else is said of the app. */
  head?: readonly string[];
  /** What else is said of a variable. */
  comments?: Readonly<Record<string, string>>;
};

/** Renders the variables of a provider for `.env.example`: those that it needs, and those that have a description. */
export function renderVariables(
  name: string,
  { guide, variables }: ProviderSettings,
  { head = [], comments = {} }: Additions = {},
): string {
  const { page, app, notes } = guide;
  const about = [`${name}: ${page}, ${app}.`, ...(notes === undefined ? [] : [notes])].map(toPlainText);
  const lines = [...about, ...head].flatMap(renderComment);
  for (const [variable, schema] of Object.entries(variables)) {
    const { success: isOptional, data } = schema.safeParse(undefined);
    const comment = [schema.description, comments[variable]].filter((text) => text !== undefined);
    if (!isOptional || comment.length > 0)
      lines.push(...comment.flatMap(renderComment), `${variable}=${describeDefault(data)}`);
  }
  return lines.join("\n");
}

function describeDefault(value: unknown): string {
  if (Array.isArray(value)) return value.map(describeDefault).join(",");
  return typeof value === "string" ? value : "";
}

function describeWebhook(id: string, { where, isAutomatic }: WebhookGuide): string {
  if (isAutomatic) return "Patchbay registers the address for webhooks itself.";
  return `Address for webhooks to register: ${publicUrl}${webhookPath(id)} (${toPlainText(where)})`;
}

/** As the file itself says it, for programs that replace variables. */
const publicUrl = "${PUBLIC_URL}";

const webhookPath = (id: string): string => `/api/v1/webhooks/${id}`;

function toPlainText(markdown: string): string {
  return markdown.replaceAll("`", "").replaceAll(/\b_([^_]+)_\b/g, '"$1"');
}
