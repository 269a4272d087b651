import { Button } from "../ui/button.tsx";

/** Shows what was typed into a password field, or hides it again. */
export function Concealed({ bare, setBare }: { bare: boolean; setBare: (bare: boolean) => void }) {
  return (
    <Button aria-label={bare ? "Hide password" : "Show password"} onClick={() => setBare(!bare)}>
      {bare ? "Hide" : "Show"}
    </Button>
  );
}
