import type { Receipt } from "@patchbay/api/router";
import { sanitize } from "../sanitize.ts";
import { DismissButton } from "../ui/dismiss-button.tsx";
import { Icon } from "../ui/icon.tsx";
import { type Message, MessageText } from "../ui/message.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";

/** What the page says about a disconnected account: what became of our access, and where the user can check it. */
export interface ReceiptNote {
  /** The id of the connection that was disconnected. */
  id: number;
  provider: string;
  /** `act`: the user has something to do. `wait`: the access is not withdrawn yet. */
  tone: "good" | "act" | "wait";
  message: Message;
  link?: { url: string; label: string };
}

type Revocation = Receipt["revocations"][number];

const outcomeSentences: Record<Revocation["outcome"], (name: string) => string> = {
  revoked: (name) => `Our access was withdrawn at ${name}.`,
  unsupported: (name) => `One step left: remove our access in your ${name} settings.`,
  retrying: (name) => `${name} did not confirm it. We keep trying to withdraw our access there.`,
  shared: (name) => `Other people here still use this account, so access at ${name} stays until the last one leaves.`,
};

/** Builds what the page says from the API's receipt. `name` is the provider's. */
export function buildReceiptNote({ id, provider, label, revocations, webhooks }: Receipt, name: string): ReceiptNote {
  const outcomes = [...new Set(revocations.map(({ outcome }) => outcome))];
  const isPaused = revocations.some((revocation) => "reason" in revocation && revocation.reason === "account_paused");
  const url = revocations.map(findManageUrl).find((found) => found !== undefined);
  const paused = `The account is paused at ${name}, so our access cannot be withdrawn yet. We try again for 30 days.`;
  const removal = `You can remove the app at ${name} yourself, at the latest when the account is open again.`;
  const check = `If you want to be sure now, look at ${name} itself.`;
  return {
    id,
    provider,
    tone: findTone(outcomes),
    message: {
      text: `${name} disconnected: `,
      name: sanitize(label),
      more: [
        ".",
        ...(isPaused ? [paused] : outcomes.map((outcome) => outcomeSentences[outcome](name))),
        ...(url && outcomes.includes("retrying") ? [isPaused ? removal : check] : []),
        ...(webhooks ? [`${name} sends no more events about it.`] : []),
      ].join(" "),
    },
    ...(url && {
      link: { url, label: outcomes.includes("unsupported") ? `Open ${name}` : `See what has access at ${name}` },
    }),
  };
}

function findTone(outcomes: readonly Revocation["outcome"][]): ReceiptNote["tone"] {
  if (outcomes.includes("unsupported")) return "act";
  return outcomes.every((outcome) => outcome === "revoked") ? "good" : "wait";
}

/** Finds the page of the provider where the user manages our access. Only https is trusted. */
function findManageUrl(revocation: Revocation): string | undefined {
  if (!("manageUrl" in revocation) || revocation.manageUrl === undefined) return undefined;
  return URL.parse(revocation.manageUrl)?.protocol === "https:" ? revocation.manageUrl : undefined;
}

/** Shows a receipt on the provider's card until the user dismisses it. */
export function ReceiptNotice({ note, onDismiss }: { note: ReceiptNote; onDismiss: () => void }) {
  return (
    <div className={`receipt ${note.tone}`}>
      <ReceiptText note={note} />
      <DismissButton onClick={onDismiss} />
    </div>
  );
}

/** The words of a receipt, with the link to the provider. */
export function ReceiptText({ note: { message, link, tone } }: { note: ReceiptNote }) {
  return (
    <>
      <Icon name={tone === "good" ? "check" : "alert"} />
      <div>
        <p>
          <MessageText message={message} />
        </p>
        {link && (
          <a className="button plain" href={link.url} target="_blank" rel="noopener noreferrer">
            {link.label}
            <VisuallyHidden> (opens a new tab)</VisuallyHidden>
          </a>
        )}
      </div>
    </>
  );
}
