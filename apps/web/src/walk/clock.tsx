import { useEffect, useEffectEvent, useState } from "react";
import { duration } from "../sentences.ts";

/** Counts down to the moment at which something may be sent again. Not read out as it ticks. */
export function Clock({ until, over }: { until: number; over: () => void }) {
  const [now, setNow] = useState(() => Date.now());
  const tick = useEffectEvent(() => {
    setNow(Date.now());
    if (Date.now() >= until) over();
  });
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <span role="timer" className="clock">
      Try again in {seconds < 600 ? minutes(seconds) : duration(seconds)}.
    </span>
  );
}

const minutes = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
