import type { ComponentProps } from "react";

type ButtonProps = Omit<ComponentProps<"button">, "type"> & {
  type?: "button" | "submit";
  tone?: "primary" | "plain" | "quiet" | "danger";
  /** The button's own action is under way. The button keeps the focus, and does nothing. */
  busy?: boolean;
  /** Another action is under way. The button keeps the focus, and does nothing. */
  blocked?: boolean;
};

/** A button. It is never `disabled`, because a disabled button loses the focus. */
export function Button({ type = "button", tone = "plain", busy = false, blocked = false, ...rest }: ButtonProps) {
  const isOff = busy || blocked;
  return (
    <button
      {...rest}
      type={type === "submit" && !isOff ? "submit" : "button"}
      className={`button ${tone}`}
      {...(isOff && { "aria-disabled": true, onClick: undefined })}
      {...(busy && { "aria-busy": true })}
    />
  );
}
