import type { Receipt } from "@patchbay/api/router";
import { inert } from "../inert.ts";
import { Dismiss } from "../ui/dismiss.tsx";
import { Hidden } from "../ui/hidden.tsx";
import { Icon } from "../ui/icon.tsx";
import { type Message, Words } from "../ui/message.tsx";

/** What is left of an account: what became of the access, and where the user can look for himself. */
export interface Slip {
  /** The connection that was. */
  id: number;
  provider: string;
  /** `act`: the user has something to do. `wait`: it is not over yet. */
  tone: "good" | "act" | "wait";
  message: Message;
  look?: { at: string; label: string };
}

type Revocation = Receipt["revocations"][number];

const sentences: Record<Revocation["outcome"], (name: string) => string> = {
  revoked: (name) => `Our access was withdrawn at ${name}.`,
  unsupported: (name) => `One step left: remove our access in your ${name} settings.`,
  retrying: (name) => `${name} did not confirm it. We keep trying to withdraw our access there.`,
  shared: (name) => `Other people here still use this account, so access at ${name} stays until the last one leaves.`,
};

export function slipOf({ id, provider, label, revocations, webhooks }: Receipt, name: string): Slip {
  const outcomes = [...new Set(revocations.map(({ outcome }) => outcome))];
  const paused = revocations.some((revocation) => "reason" in revocation && revocation.reason === "account_paused");
  const remove = `You can remove the app at ${name} yourself, at the latest when the account is open again.`;
  const look = `If you want to be sure now, look at ${name} itself.`;
  const at = revocations.map(placeToLook).find((place) => place !== undefined);
  return {
    id,
    provider,
    tone: toneOf(outcomes),
    message: {
      text: `${name} disconnected: `,
      name: inert(label),
      more: [
        ".",
        ...(paused
          ? [`The account is paused at ${name}, so our access cannot be withdrawn yet. We try again for 30 days.`]
          : outcomes.map((outcome) => sentences[outcome](name))),
        ...(at && outcomes.includes("retrying") ? [paused ? remove : look] : []),
        ...(webhooks ? [`${name} sends no more events about it.`] : []),
      ].join(" "),
    },
    ...(at && {
      look: { at, label: outcomes.includes("unsupported") ? `Open ${name}` : `See what has access at ${name}` },
    }),
  };
}

function toneOf(outcomes: readonly Revocation["outcome"][]): Slip["tone"] {
  if (outcomes.includes("unsupported")) return "act";
  return outcomes.every((outcome) => outcome === "revoked") ? "good" : "wait";
}

function placeToLook(revocation: Revocation): string | undefined {
  if (!("manageUrl" in revocation) || revocation.manageUrl === undefined) return undefined;
  return URL.parse(revocation.manageUrl)?.protocol === "https:" ? revocation.manageUrl : undefined;
}

/** Stays on the card until it is dismissed. */
export function SlipNote({ slip: { message, look, tone }, dismiss }: { slip: Slip; dismiss: () => void }) {
  return (
    <div className={`slip ${tone}`}>
      <Icon name={tone === "good" ? "check" : "alert"} />
      <div>
        <p>
          <Words message={message} />
        </p>
        {look && (
          <a className="button plain" href={look.at} target="_blank" rel="noopener noreferrer">
            {look.label}
            <Hidden> (opens a new tab)</Hidden>
          </a>
        )}
      </div>
      <Dismiss onClick={dismiss} />
    </div>
  );
}
