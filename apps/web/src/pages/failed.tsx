import { failureOf } from "../failure.ts";
import { sentence } from "../sentences.ts";
import { Button } from "../ui/button.tsx";
import { useEffect } from "react";
import { useMessages } from "../ui/messages.tsx";

/** The lists did not come. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { say } = useMessages();
  const told = sentence(failureOf(error));
  useEffect(() => say({ text: told }), [say, told]);
  return (
    <section className="failed" aria-labelledby="failed">
      <h2 id="failed">Your accounts could not be loaded</h2>
      <p>{told}</p>
      <Button tone="primary" onClick={retry}>
        Try again
      </Button>
    </section>
  );
}
