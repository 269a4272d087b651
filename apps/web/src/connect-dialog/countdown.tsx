import { useEffect, useEffectEvent, useState } from "react";
import { formatDuration } from "../sentences.ts";

/** Counts down to the time at which a request is accepted again. Screen readers do not read each second. */
export function Countdown({ until, onEnd }: { until: number; onEnd: () => void }) {
  const [now, setNow] = useState(() => Date.now());
  const tick = useEffectEvent(() => {
    setNow(Date.now());
    if (Date.now() >= until) onEnd();
  });
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <span role="timer" className="countdown">
      Try again in {seconds < 600 ? formatMinutes(seconds) : formatDuration(seconds)}.
    </span>
  );
}

const formatMinutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
