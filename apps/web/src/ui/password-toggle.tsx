import { Button } from "./button.tsx";

interface PasswordToggleProps {
  revealed: boolean;
  setRevealed: (revealed: boolean) => void;
  /** What the button reveals, for a screen reader. */
  what?: string;
}

/** Shows what the user typed into a password field, or hides it again. */
export function PasswordToggle({ revealed, setRevealed, what = "password" }: PasswordToggleProps) {
  const verb = revealed ? "Hide" : "Show";
  return (
    <Button aria-label={`${verb} ${what}`} onClick={() => setRevealed(!revealed)}>
      {verb}
    </Button>
  );
}
