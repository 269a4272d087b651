import type { ComponentProps } from "react";

type Props = Omit<ComponentProps<"button">, "type"> & {
  type?: "button" | "submit";
  tone?: "primary" | "plain" | "quiet" | "danger";
  /** Working on it. Stays in the tab order, so that focus is not lost, but does nothing. */
  busy?: boolean;
  /** Out of reach while something else is under way. */
  held?: boolean;
};

export function Button({ type = "button", tone = "plain", busy = false, held = false, ...rest }: Props) {
  const off = busy || held;
  return (
    <button
      {...rest}
      type={type === "submit" && !off ? "submit" : "button"}
      className={`button ${tone}`}
      {...(off && { "aria-disabled": true, onClick: undefined })}
      {...(busy && { "aria-busy": true })}
    />
  );
}
