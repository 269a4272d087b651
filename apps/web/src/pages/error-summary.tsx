import { useEffect, useRef } from "react";
import { Button } from "../ui/button.tsx";
import type { FormFaults } from "./form-faults.ts";

interface ErrorSummaryProps {
  faults: FormFaults;
  /** Changes to the form for an account that exists. */
  showSignIn: () => void;
}

/** Lists what is wrong, with a link to each field. Takes the focus whenever the list changes. */
export function ErrorSummary({ faults, showSignIn }: ErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (faults.length > 0) box.current?.focus();
  }, [faults]);
  return (
    <div className="error-summary" ref={box} tabIndex={-1} role="alert" aria-labelledby="error-summary">
      <h2 id="error-summary">That did not work</h2>
      <ul>
        {faults.map(({ field, sentence, accountExists }) => (
          <li key={sentence}>
            {field ? <FieldLink field={field} sentence={sentence} /> : sentence}
            {accountExists && <Button onClick={showSignIn}>Sign in with this e-mail</Button>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function FieldLink({ field, sentence }: { field: string; sentence: string }) {
  return (
    <a
      href={`#${field}`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(field)?.focus();
      }}
    >
      {sentence}
    </a>
  );
}
