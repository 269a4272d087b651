import { useEffect } from "react";
import { parseFailure } from "../failure.ts";
import { describeFailure } from "../sentences.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";

/** Takes the place of the cards when the lists did not load. */
export function LoadFailure({ error, retry }: { error: unknown; retry: () => void }) {
  const { announce } = useMessages();
  const text = describeFailure(parseFailure(error));
  useEffect(() => announce({ text }), [announce, text]);
  return (
    <section className="failed" aria-labelledby="failed">
      <h2 id="failed">Your accounts could not be loaded</h2>
      <p>{text}</p>
      <Button tone="primary" onClick={retry}>
        Try again
      </Button>
    </section>
  );
}
