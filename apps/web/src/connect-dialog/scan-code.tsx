import { getScanGuide } from "../marks/scan-guides.ts";
import { Button } from "../ui/button.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import { lowercaseLabel } from "./dialog-messages.ts";
import { QrCode } from "./qr-code.tsx";
import { StepFailure } from "./step-failure.tsx";
import type { StepProps } from "./step-props.ts";

/** A code that the user scans with their phone. A new code takes its place before it runs out. */
export function ScanCode(props: StepProps) {
  const { provider, attempt, otherMethod, changeMethod } = props;
  const { failure, step, blockedUntil } = attempt.state;
  const otherField = otherMethod === "ask" ? provider.fields[0] : undefined;
  const hasNoCode = failure !== undefined && step === undefined;
  return (
    <div className="scanning">
      {!hasNoCode && <CodeWithGuide {...props} />}
      <StepFailure {...props} />
      {hasNoCode && (
        <Button tone="primary" blocked={blockedUntil !== undefined} onClick={attempt.restartAttempt}>
          Try again
        </Button>
      )}
      {otherField && (
        <Button tone="quiet" onClick={() => changeMethod("ask")}>
          I cannot scan: use my {lowercaseLabel(otherField.label)}
        </Button>
      )}
    </div>
  );
}

function CodeWithGuide({ provider: { id, name }, attempt }: StepProps) {
  const { step, request, failure } = attempt.state;
  return (
    <>
      <div className={failure ? "qr-frame stale" : "qr-frame"} aria-busy={request !== undefined}>
        {step?.type === "scan" && <QrCode text={step.code} label={`Code to scan with ${name} on your phone`} />}
        {request && <VisuallyHidden>Waiting for a code…</VisuallyHidden>}
      </div>
      <ol className="steps">
        <li>Open {name} on your phone.</li>
        <li>{getScanGuide(id)}</li>
        <li>Point your phone at this code.</li>
      </ol>
    </>
  );
}
