import type { ProviderCard } from "@patchbay/api/router";
import type { DialogProvider } from "./dialog-messages.ts";
import type { DialogMethod } from "./step-types.ts";
import type { ConnectAttempt } from "./use-connect-attempt.ts";

/** What every step of the dialog is drawn from. */
export interface StepProps {
  provider: ProviderCard & DialogProvider;
  method: DialogMethod;
  attempt: ConnectAttempt;
  /** The other method, where the provider has one. */
  otherMethod: DialogMethod | undefined;
  changeMethod: (method: DialogMethod) => void;
  /** Starts again for a new connection instead of the one that was to be reconnected. */
  connectAnother: () => void;
}
