import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { Field } from "../ui/field.tsx";
import { answerTo, kindOf, lackOf, type Question } from "./answers.ts";

interface Props {
  questions: readonly Question[];
  /** What stands in the fields at first. */
  initial?: Record<string, string>;
  /** What the API had against an answer. A new object for every refusal. */
  fault: { field: string; sentence: string } | undefined;
  answered: (answers: Record<string, string>) => void;
  /** The button that submits, next to the last question. */
  button: ReactNode;
}

/** What must be known before the user can be sent to the provider. Keeps what was typed. */
export function OpeningForm({ questions, initial, fault, answered, button }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState(initial ?? {});
  const [missing, setMissing] = useState<{ name: string; sentence: string }>();
  const focus = (name: string | undefined): void => inputOf(form.current, name)?.focus();
  useEffect(() => inputOf(form.current, fault?.field)?.focus(), [fault]);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const lacking = questions.flatMap((question) => {
      const lack = lackOf(question, typed[question.name] ?? "");
      return lack === undefined ? [] : [{ name: question.name, sentence: lack }];
    })[0];
    setMissing(lacking);
    if (lacking) return focus(lacking.name);
    answered(
      Object.fromEntries(questions.map((question) => [question.name, answerTo(question, typed[question.name] ?? "")])),
    );
  };
  const faultOf = (name: string): string | undefined => {
    if (missing?.name === name) return missing.sentence;
    return fault?.field === name ? fault.sentence : undefined;
  };
  return (
    <form className="opening" ref={form} onSubmit={submit} noValidate>
      {questions.map((question, place) => (
        <QuestionField
          key={question.name}
          question={question}
          fault={faultOf(question.name)}
          value={typed[question.name] ?? ""}
          beside={place === questions.length - 1 && button}
          change={(value) => setTyped((now) => ({ ...now, [question.name]: value }))}
        />
      ))}
    </form>
  );
}

interface QuestionProps {
  question: Question;
  fault: string | undefined;
  value: string;
  beside: ReactNode;
  change: (value: string) => void;
}

function QuestionField({ question, fault, value, beside, change }: QuestionProps) {
  return (
    <Field
      {...kindOf(question)}
      name={question.name}
      label={question.label}
      hint={question.hint}
      fault={fault}
      placeholder={question.placeholder}
      // A pasted address brings its own end.
      suffix={value.includes(".") ? undefined : question.suffix}
      value={value}
      beside={beside}
      onChange={(event) => change(event.target.value)}
    />
  );
}

function inputOf(form: HTMLFormElement | null, name: string | undefined): HTMLElement | undefined {
  const input = name === undefined ? null : form?.elements.namedItem(name);
  return input instanceof HTMLElement ? input : undefined;
}
