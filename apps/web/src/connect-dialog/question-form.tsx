import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { buildInputProps, expectedLength, findMissing, normalizeValue } from "../cards/form-values.ts";
import { sanitize } from "../sanitize.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { PasswordToggle } from "../ui/password-toggle.tsx";
import { describeDialogFailure, describeRejection } from "./dialog-messages.ts";
import { ResendButton } from "./resend-button.tsx";
import { StepFailure } from "./step-failure.tsx";
import type { StepProps } from "./step-props.ts";
import type { QuestionStep } from "./step-types.ts";

type QuestionFormProps = StepProps & { step: QuestionStep };

/** One question in the middle of an attempt: a code that the provider sent, or a password. */
export function QuestionForm(props: QuestionFormProps) {
  const { step, attempt } = props;
  const { question } = step;
  const { state } = attempt;
  const { input, typed, missing, change, submitAnswer, resend } = useTypedAnswer(props);
  const [revealed, setRevealed] = useState(false);
  const fault = missing ?? describeFault(props);
  return (
    <form className="answer" onSubmit={submitAnswer} noValidate>
      <Field
        {...buildInputProps(question, revealed)}
        ref={input}
        name={question.name}
        label={sanitize(question.label)}
        hint={describeHint(props)}
        placeholder={question.placeholder && sanitize(question.placeholder)}
        suffix={question.suffix}
        fault={fault}
        value={typed}
        readOnly={state.request !== undefined}
        beside={question.input === "password" && <PasswordToggle {...{ revealed, setRevealed }} />}
        onChange={(event) => change(event.target.value)}
      />
      {question.link && (
        <a className="answer-link" href={question.link} target="_blank" rel="noopener noreferrer">
          Open {URL.parse(question.link)?.host}
        </a>
      )}
      {!fault && <StepFailure {...props} />}
      {state.resent && <p className="resent">A new code is on its way.</p>}
      <QuestionActions {...props} resend={resend} />
    </form>
  );
}

function useTypedAnswer({ step: { question }, attempt }: QuestionFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [missing, setMissing] = useState<string>();
  const isIdle = attempt.state.request === undefined;
  // At first and after each response, the text is selected, so that the user can type over it.
  useEffect(() => {
    if (!isIdle) return;
    input.current?.focus();
    input.current?.select();
  }, [isIdle]);

  const sendTyped = (text: string): void =>
    attempt.sendAnswer({ [question.name]: question.input === "password" ? text : normalizeValue(question, text) });
  const change = (text: string): void => {
    const value = question.input === "numeric" ? normalizeValue(question, text) : text;
    setTyped(value);
    setMissing(undefined);
    if (value.length === expectedLength(question) && value !== typed) sendTyped(value);
  };
  // What is typed, and what is wrong with it, belongs to the old code.
  const resend = (): void => {
    setTyped("");
    setMissing(undefined);
    attempt.resendCode();
  };
  const submitAnswer = (event: SubmitEvent): void => {
    event.preventDefault();
    const found = findMissing(question, typed);
    setMissing(found);
    if (found === undefined) sendTyped(typed);
    else input.current?.focus();
  };
  return { input, typed, missing, change, submitAnswer, resend };
}

function QuestionActions({ step, attempt, resend }: QuestionFormProps & { resend: () => void }) {
  const { request, blockedUntil } = attempt.state;
  const blocked = request !== undefined || blockedUntil !== undefined;
  const isSending = request?.type === "answer";
  return (
    <div className="dialog-actions">
      <Button tone="quiet" onClick={attempt.restartAttempt}>
        Start again
      </Button>
      <ResendButton question={step.question} busy={request?.type === "resend"} {...{ resend, blocked }} />
      <Button type="submit" tone="primary" busy={isSending} blocked={blocked}>
        {isSending ? "Checking…" : "Continue"}
      </Button>
    </div>
  );
}

/** The part of a failure that belongs to the field. */
function describeFault({ step, attempt, method, provider }: QuestionFormProps): string | undefined {
  const { request, failure, blockedUntil, resent } = attempt.state;
  if (request || blockedUntil !== undefined) return undefined;
  if (failure === undefined) return resent ? undefined : describeRejection(step);
  const isOfField = failure.field === step.question.name || /_rejected$|^code_/.test(failure.code ?? "");
  return isOfField ? describeDialogFailure(failure, { method, step, provider }) : undefined;
}

/** Helps with the answer: where to look, and to which number the code was sent. */
function describeHint({ step: { question }, provider, attempt }: QuestionFormProps): string | undefined {
  const numberField = provider.fields.find(({ input }) => input === "tel");
  const number = numberField && attempt.state.startedWith[numberField.name];
  const recipient = number && question.autocomplete === "one-time-code" && `It is for ${maskNumber(number)}.`;
  return [question.hint && sanitize(question.hint, 300), recipient].filter(Boolean).join(" ") || undefined;
}

/** Shows enough of a number for its owner to recognize it, and too little for anybody else. */
const maskNumber = (number: string): string =>
  number.length < 9 ? number : `${number.slice(0, 3)} •••• ${number.slice(-4)}`;
