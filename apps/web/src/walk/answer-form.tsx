import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { answerTo, kindOf } from "../cards/answers.ts";
import { inert } from "../inert.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Concealed } from "./concealed.tsx";
import { Resend } from "./resend.tsx";
import type { StageProps } from "./stage.tsx";
import type { Asked, Question } from "./step.ts";
import { Trouble } from "./trouble.tsx";
import { rejection, said } from "./words.ts";

type Props = StageProps & { asked: Asked };

/** One question in the middle of a walk: a code that was sent, a password. */
export function AnswerForm(props: Props) {
  const { asked, view } = props;
  const { question } = asked;
  const { input, typed, lacking, change, submit } = useTyping(props);
  const [bare, setBare] = useState(false);
  const fault = lacking ?? faultOf(props);
  return (
    <form className="answer" onSubmit={submit} noValidate>
      <Field
        {...kindOf(question, bare)}
        ref={input}
        name={question.name}
        label={inert(question.label)}
        hint={question.hint && inert(question.hint, 300)}
        placeholder={question.placeholder && inert(question.placeholder)}
        suffix={question.suffix}
        fault={fault}
        value={typed}
        readOnly={view.busy !== undefined}
        beside={question.input === "password" && <Concealed {...{ bare, setBare }} />}
        onChange={(event) => change(event.target.value)}
      />
      {question.link && (
        <a className="answer-link" href={question.link} target="_blank" rel="noopener noreferrer">
          Open {URL.parse(question.link)?.host}
        </a>
      )}
      {!fault && <Trouble {...props} />}
      {view.renewed && <p className="renewed">A new code is on its way.</p>}
      <Actions {...props} />
    </form>
  );
}

function useTyping({ asked, walk, view }: Props) {
  const { question } = asked;
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [lacking, setLacking] = useState<string>();
  // At first and after every answer: what was typed is ready to be typed over.
  const due = view.busy === undefined;
  useEffect(() => {
    if (!due) return;
    input.current?.focus();
    input.current?.select();
  }, [due]);

  const send = (answer: string): void =>
    walk.answer({ [question.name]: question.input === "password" ? answer : answerTo(question, answer) });
  const change = (text: string): void => {
    const answer = tidy(question, text);
    setTyped(answer);
    setLacking(undefined);
    if (answer.length === question.length && answer !== typed) send(answer);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const missing = lackOf(question, typed);
    setLacking(missing);
    if (missing === undefined) send(typed);
    else input.current?.focus();
  };
  return { input, typed, lacking, change, submit };
}

function Actions({ asked, walk, view: { busy, heldUntil } }: Props) {
  const held = busy !== undefined || heldUntil !== undefined;
  return (
    <div className="dialog-actions">
      <Button tone="quiet" onClick={walk.restart}>
        Start again
      </Button>
      <Resend question={asked.question} busy={busy === "again"} {...{ walk, held }} />
      <Button type="submit" tone="primary" busy={busy === "answer"} held={held}>
        {busy === "answer" ? "Checking…" : "Continue"}
      </Button>
    </div>
  );
}

/** What belongs to the field of what went wrong. */
function faultOf({ asked, view, way, provider }: Props): string | undefined {
  const { busy, failure, heldUntil, step } = view;
  if (busy !== undefined || heldUntil !== undefined) return undefined;
  if (failure === undefined) return rejection(asked);
  const theirs = failure.field === asked.question.name || /_rejected$|^code_/.test(failure.code ?? "");
  return theirs ? said(failure, { way, step, provider }) : undefined;
}

/** Codes are copied with spaces and dashes in them. */
const tidy = ({ input, length }: Question, text: string): string =>
  input === "numeric" || length !== undefined ? text.replace(/[\s\p{Pd}]/gu, "") : text;

function lackOf({ input, length }: Question, typed: string): string | undefined {
  if (!(input === "password" ? typed : typed.trim())) return "Please fill this in first.";
  if (length !== undefined && typed.length !== length)
    return `It is ${length} characters long; this is ${typed.length}.`;
  return undefined;
}
