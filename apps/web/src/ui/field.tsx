import { type ComponentProps, type ReactNode, useId } from "react";

type FieldProps = Omit<ComponentProps<"input">, "id"> & {
  id?: string;
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value. */
  fault?: string | undefined;
  /** The end of each value of this field. Shown after the input. */
  suffix?: string | undefined;
  /** Stands next to the input. */
  beside?: ReactNode;
};

/** An input with its label, its hint, and what is wrong with its value. */
export function Field({ id: givenId, label, hint, fault, suffix, beside, ...input }: FieldProps) {
  const ownId = useId();
  const id = givenId ?? ownId;
  const descriptions = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div className="input-row">
        <div className="input-cell">
          <div className="input">
            <input
              {...input}
              id={id}
              {...(descriptions && { "aria-describedby": descriptions })}
              {...(fault && { "aria-invalid": true })}
            />
            {suffix && <span className="suffix">{suffix}</span>}
          </div>
          {fault && (
            <p className="fault" id={`${id}-fault`}>
              {fault}
            </p>
          )}
        </div>
        {beside}
      </div>
    </div>
  );
}
