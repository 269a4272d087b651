import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { Field } from "../ui/field.tsx";
import { buildInputProps, findMissing, type FormField, type FormValues, normalizeValue } from "./form-values.ts";

/** What is wrong with the value of a field. */
export interface FieldFault {
  /** The field's name. */
  field: string;
  sentence: string;
}

interface FieldsFormProps {
  fields: readonly FormField[];
  initial?: FormValues;
  /** What the API refused. Each new object moves the focus to the field. */
  fault: FieldFault | undefined;
  onSubmit: (values: FormValues) => void;
  /** The button that submits the form. It stands next to the last field. */
  button: ReactNode;
}

/** Asks for what a provider needs before the flow can start. Keeps what the user typed. */
export function FieldsForm({ fields, initial, fault, onSubmit, button }: FieldsFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState(initial ?? {});
  const [missing, setMissing] = useState<FieldFault>();
  useEffect(() => findInput(form.current, fault?.field)?.focus(), [fault]);

  const submitFields = (event: SubmitEvent): void => {
    event.preventDefault();
    const found = fields.flatMap((field) => {
      const sentence = findMissing(field, typed[field.name] ?? "");
      return sentence === undefined ? [] : [{ field: field.name, sentence }];
    })[0];
    setMissing(found);
    if (found) return findInput(form.current, found.field)?.focus();
    onSubmit(Object.fromEntries(fields.map((field) => [field.name, normalizeValue(field, typed[field.name] ?? "")])));
  };
  const shownFaults = [missing, fault];
  return (
    <form className="fields" ref={form} onSubmit={submitFields} noValidate>
      {fields.map((field, index) => (
        <Field
          key={field.name}
          {...buildInputProps(field)}
          name={field.name}
          label={field.label}
          hint={field.hint}
          fault={shownFaults.find((shown) => shown?.field === field.name)?.sentence}
          placeholder={field.placeholder}
          // A pasted address contains its own suffix.
          suffix={typed[field.name]?.includes(".") ? undefined : field.suffix}
          value={typed[field.name] ?? ""}
          beside={index === fields.length - 1 && button}
          onChange={({ target }) => setTyped((now) => ({ ...now, [field.name]: target.value }))}
        />
      ))}
    </form>
  );
}

function findInput(form: HTMLFormElement | null, name: string | undefined): HTMLElement | undefined {
  const input = name === undefined ? null : form?.elements.namedItem(name);
  return input instanceof HTMLElement ? input : undefined;
}
