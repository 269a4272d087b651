import { useEffect, useState } from "react";
import type { FormField } from "../cards/form-values.ts";
import { Button } from "../ui/button.tsx";

interface ResendButtonProps {
  question: FormField;
  resend: () => void;
  busy: boolean;
  /** No request is accepted now. */
  blocked: boolean;
}

/** Asks for a new code. If the provider says when a new code can be had, the button counts down to that time first. */
export function ResendButton({ question, resend, busy, blocked }: ResendButtonProps) {
  const seconds = useSecondsUntil(question.resendAt);
  if (!question.resend) return null;
  return (
    <Button busy={busy} blocked={blocked || seconds > 0} onClick={resend}>
      {seconds > 0 ? `New code in ${seconds} s` : "Send a new code"}
    </Button>
  );
}

function useSecondsUntil(isoTime: string | undefined): number {
  const [seconds, setSeconds] = useState(() => secondsUntil(isoTime));
  useEffect(() => {
    const update = (): void => setSeconds(secondsUntil(isoTime));
    update();
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  }, [isoTime]);
  return seconds;
}

const secondsUntil = (isoTime: string | undefined): number =>
  isoTime === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(isoTime) - Date.now()) / 1000));
