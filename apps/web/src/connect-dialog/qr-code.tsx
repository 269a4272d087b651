import { correction, generate } from "lean-qr";
import { useMemo } from "react";

/** The empty margin around a code that ISO/IEC 18004 requires. */
const marginModules = 4;

/** The longest side of the drawing. */
const maxSidePixels = 212;

/** Draws a QR code on the page itself, because everyone who sees it can use it. Black on white in each colour scheme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawModules(text), [text]);
  const sizeWithMargin = size + 2 * marginModules;
  // Each module takes whole pixels, so that its edges are sharp.
  const side = sizeWithMargin * Math.max(1, Math.floor(maxSidePixels / sizeWithMargin));
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      width={side}
      height={side}
      viewBox={`0 0 ${sizeWithMargin} ${sizeWithMargin}`}
      shapeRendering="crispEdges"
    >
      <rect width={sizeWithMargin} height={sizeWithMargin} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** Draws each run of dark modules in a row as one rectangle. */
function drawModules(text: string): { size: number; path: string } {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const { size } = code;
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = x;
      while (code.get(x, y)) x++;
      if (x > from) path += `M${from + marginModules} ${y + marginModules}h${x - from}v1h${from - x}z`;
    }
  }
  return { size, path };
}
