import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import type { Question } from "./step.ts";

interface Props {
  question: Question;
  /** Asks for it. */
  renew: () => void;
  busy: boolean;
  /** Nothing may be sent now. */
  held: boolean;
}

/** Asks for a new code. Where the provider says from when on, it counts down to that first. */
export function Resend({ question, renew, busy, held }: Props) {
  const seconds = useSecondsUntil(question.resendAt);
  if (!question.resend) return null;
  return (
    <Button busy={busy} held={held || seconds > 0} onClick={renew}>
      {seconds > 0 ? `New code in ${seconds} s` : "Send a new code"}
    </Button>
  );
}

function useSecondsUntil(moment: string | undefined): number {
  const left = (): number => (moment ? Math.max(0, Math.ceil((Date.parse(moment) - Date.now()) / 1000)) : 0);
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `left` reads nothing but the moment and the clock
  }, [moment]);
  return seconds;
}
