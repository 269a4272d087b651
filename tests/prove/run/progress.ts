import { styleText } from "node:util";

/** What goes on, for whoever watches: one line that changes on a terminal, elsewhere a line every few seconds. */
export interface Progress {
  show(text: string): void;
  say(line: string): void;
}

const drawMs = 200;
const sayMs = 10_000;

export function createProgress(out: NodeJS.WriteStream): Progress {
  let next = 0;
  const clear = out.isTTY ? "\r\u001B[K" : "";
  const began = performance.now();
  return {
    show(text) {
      if (performance.now() < next) return;
      next = performance.now() + (out.isTTY ? drawMs : sayMs);
      const line = `${Math.round((performance.now() - began) / 1000)} s  ${text}`;
      out.write(out.isTTY ? `${clear}${styleText("dim", line.slice(0, (out.columns || 100) - 1))}` : `  ${line}\n`);
    },
    say(line) {
      out.write(`${clear}${line}\n`);
      next = 0;
    },
  };
}
