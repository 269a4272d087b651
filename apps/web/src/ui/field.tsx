import { type ComponentProps, type ReactNode, useId } from "react";

type Props = Omit<ComponentProps<"input">, "id"> & {
  id?: string;
  label: string;
  hint?: string | undefined;
  fault?: string | undefined;
  /** What the answer always ends with, shown behind it. */
  suffix?: string | undefined;
  /** Stands next to the input. */
  beside?: ReactNode;
};

/** A labelled input with its hint and what is wrong with it. */
export function Field({ id: given, label, hint, fault, suffix, beside, ...input }: Props) {
  const own = useId();
  const id = given ?? own;
  const about = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
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
              {...(about && { "aria-describedby": about })}
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
