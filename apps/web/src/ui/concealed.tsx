import { Button } from "./button.tsx";

interface Props {
  bare: boolean;
  setBare: (bare: boolean) => void;
  /** What it shows, for whoever hears the button alone. */
  what?: string;
}

/** Shows what was typed into a password field, or hides it again. */
export function Concealed({ bare, setBare, what = "password" }: Props) {
  const act = bare ? "Hide" : "Show";
  return (
    <Button aria-label={`${act} ${what}`} onClick={() => setBare(!bare)}>
      {act}
    </Button>
  );
}
