import { Countdown } from "./countdown.tsx";
import { describeDialogFailure } from "./dialog-messages.ts";
import type { StepProps } from "./step-props.ts";

/** Shows why the last request failed, and how long to wait. The page's live region announces it, so this text does not. */
export function StepFailure({ provider, method, attempt }: StepProps) {
  const { failure, blockedUntil, step } = attempt.state;
  if (!failure) return null;
  return (
    <p className="fault">
      {describeDialogFailure(failure, { method, step, provider })}
      {blockedUntil !== undefined && (
        <>
          {" "}
          <Countdown until={blockedUntil} onEnd={attempt.unblock} />
        </>
      )}
    </p>
  );
}
