import { useEffect, useRef } from "react";
import { Button } from "../ui/button.tsx";
import type { Faults } from "./faults.ts";

/** Takes the focus when it has something new to say, and leads to each field at fault. */
export function ErrorSummary({ faults, use }: { faults: Faults; use: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (faults.length > 0) box.current?.focus();
  }, [faults]);
  return (
    <div className="error-summary" ref={box} tabIndex={-1} role="alert" aria-labelledby="error-summary">
      <h2 id="error-summary">That did not work</h2>
      <ul>
        {faults.map(({ field, sentence, known }) => (
          <li key={sentence}>
            {field ? <FieldLink field={field} sentence={sentence} /> : sentence}
            {known && <Button onClick={use}>Sign in with this e-mail</Button>}
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
