import { useEffect, useMemo, useRef } from "react";
import { FieldsForm } from "../cards/fields-form.tsx";
import { Button } from "../ui/button.tsx";
import { describeDialogFailure } from "./dialog-messages.ts";
import { QuestionForm } from "./question-form.tsx";
import { ScanCode } from "./scan-code.tsx";
import { StepFailure } from "./step-failure.tsx";
import type { StepProps } from "./step-props.ts";

/** What the user has to do now. */
export function DialogStep(props: StepProps) {
  const { state } = props.attempt;
  const { step } = state;
  if (state.over) return <OverStep {...props} />;
  if (step?.type === "ask") return <QuestionForm key={step.question.name} {...props} step={step} />;
  if (props.method === "scan" || step || props.provider.fields.length === 0) return <ScanCode {...props} />;
  return <FieldsStep {...props} />;
}

/** The fields that the provider needs before the first step. */
function FieldsStep(props: StepProps) {
  const { provider, method, attempt } = props;
  const { failure, request, blockedUntil, startedWith } = attempt.state;
  const field = provider.fields.find(({ name }) => name === failure?.field);
  // One object for each failure, because each new object moves the focus to the field.
  const fault = useMemo(
    () =>
      failure &&
      field && {
        field: field.name,
        sentence: describeDialogFailure(failure, { method, step: undefined, provider }),
      },
    [failure, field, method, provider],
  );
  const box = useFieldFocus();
  return (
    <div className="ask" ref={box}>
      <FieldsForm
        fields={provider.fields}
        initial={startedWith}
        fault={fault}
        onSubmit={attempt.beginAttempt}
        button={
          <Button type="submit" tone="primary" busy={request !== undefined} blocked={blockedUntil !== undefined}>
            {request ? "One moment…" : "Continue"}
          </Button>
        }
      />
      {!fault && <StepFailure {...props} />}
    </div>
  );
}

/** Moves the focus to the first field, for a user who came by a link that is gone now. A user on a tab stays there. */
function useFieldFocus() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement?.getAttribute("role") !== "tab") box.current?.querySelector("input")?.focus();
  }, []);
  return box;
}

/** The attempt has ended. The user can start again. */
function OverStep(props: StepProps) {
  const { attempt, connectAnother } = props;
  const restart = useRef<HTMLButtonElement>(null);
  useEffect(() => restart.current?.focus(), []);
  return (
    <div className="over">
      <StepFailure {...props} />
      <Button tone="primary" ref={restart} onClick={attempt.restartAttempt}>
        Start again
      </Button>
      {attempt.state.failure?.code === "account_mismatch" && (
        <Button onClick={connectAnother}>Connect it as another account</Button>
      )}
    </div>
  );
}
