import { correction, generate } from "lean-qr";
import { useMemo } from "react";

/** The empty margin that ISO/IEC 18004 wants around a code, in modules. */
const QUIET = 4;

/** The most that a side may take, in pixels. */
const SIDE = 212;

/** Drawn here, and shown to nobody else: whoever sees the code can use it. Black on white whatever the theme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  const whole = size + 2 * QUIET;
  // Whole pixels for every module keep the edges sharp.
  const side = whole * Math.max(1, Math.floor(SIDE / whole));
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      width={side}
      height={side}
      viewBox={`0 0 ${whole} ${whole}`}
      shapeRendering="crispEdges"
    >
      <rect width={whole} height={whole} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** Each run of dark modules in a row is one rectangle. */
function draw(text: string): { size: number; path: string } {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const { size } = code;
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = x;
      while (code.get(x, y)) x++;
      if (x > from) path += `M${from + QUIET} ${y + QUIET}h${x - from}v1h${from - x}z`;
    }
  }
  return { size, path };
}
