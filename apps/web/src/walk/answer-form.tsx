import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { answerTo, kindOf, lackOf, lengthOf } from "../cards/answers.ts";
import { inert } from "../inert.ts";
import { Button } from "../ui/button.tsx";
import { Concealed } from "../ui/concealed.tsx";
import { Field } from "../ui/field.tsx";
import { Resend } from "./resend.tsx";
import type { StageProps } from "./stage.tsx";
import type { Asked } from "./step.ts";
import { Trouble } from "./trouble.tsx";
import { AGAIN } from "./walk.ts";
import { rejection, said } from "./words.ts";

type Props = StageProps & { asked: Asked };

/** One question in the middle of a walk: a code that was sent, a password. */
export function AnswerForm(props: Props) {
  const { asked, view } = props;
  const { question } = asked;
  const { input, typed, lacking, change, submit, renew } = useTyping(props);
  const [bare, setBare] = useState(false);
  const fault = lacking ?? faultOf(props);
  return (
    <form className="answer" onSubmit={submit} noValidate>
      <Field
        {...kindOf(question, bare)}
        ref={input}
        name={question.name}
        label={inert(question.label)}
        hint={hintOf(props)}
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
      <Actions {...props} renew={renew} />
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
    const answer = question.input === "numeric" ? answerTo(question, text) : text;
    setTyped(answer);
    setLacking(undefined);
    if (answer.length === lengthOf(question) && answer !== typed) send(answer);
  };
  // What was typed, and what was wrong with it, belongs to the code before.
  const renew = (): void => {
    setTyped("");
    setLacking(undefined);
    walk.answer(AGAIN);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const missing = lackOf(question, typed);
    setLacking(missing);
    if (missing === undefined) send(typed);
    else input.current?.focus();
  };
  return { input, typed, lacking, change, submit, renew };
}

function Actions({ asked, walk, view: { busy, heldUntil }, renew }: Props & { renew: () => void }) {
  const held = busy !== undefined || heldUntil !== undefined;
  return (
    <div className="dialog-actions">
      <Button tone="quiet" onClick={walk.restart}>
        Start again
      </Button>
      <Resend question={asked.question} busy={busy === "again"} {...{ renew, held }} />
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
  if (failure === undefined) return view.renewed ? undefined : rejection(asked);
  const theirs = failure.field === asked.question.name || /_rejected$|^code_/.test(failure.code ?? "");
  return theirs ? said(failure, { way, step, provider }) : undefined;
}

/** What helps with the answer: where to look, and for which number a code is. */
function hintOf({ asked: { question }, provider, walk }: Props): string | undefined {
  const number = provider.fields.find(({ input }) => input === "tel")?.name;
  const given = number === undefined ? undefined : walk.opened()[number];
  const whose = given && question.autocomplete === "one-time-code" && `It is for ${masked(given)}.`;
  return [question.hint && inert(question.hint, 300), whose].filter(Boolean).join(" ") || undefined;
}

/** A number that its owner knows again, and nobody else learns. */
const masked = (number: string): string =>
  number.length < 9 ? number : `${number.slice(0, 3)} •••• ${number.slice(-4)}`;
