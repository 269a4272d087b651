/** Where it is drawn: standard output, or what a test puts in its place. */
export interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows the progress of a rotation. */
export interface Meter {
  moved(done: number, total: number): void;
  /** A line of its own, above what is drawn. */
  say(line: string): void;
  end(): void;
}

const width = 30;
const drawMs = 100;
const sayMs = 3_000;

/** Shows how far it is: a bar on a terminal, elsewhere a line every few seconds. */
export function createMeter(screen: Screen, now: () => number = () => performance.now()): Meter {
  const bar = screen.isTTY === true;
  const pause = bar ? drawMs : sayMs;
  let text = "";
  let shown = "";
  let next = now();

  function show(): void {
    if (text === shown) return;
    screen.write(bar ? `\r${text}\u001B[K` : `${text}\n`);
    shown = text;
    next = now() + pause;
  }
  return {
    moved(done, total) {
      const part = total === 0 ? 1 : done / total;
      const filled = Math.round(part * width);
      const drawn = bar ? `${"█".repeat(filled)}${"░".repeat(width - filled)} ` : "";
      text = `${drawn}${done} of ${total}, ${Math.floor(part * 100)} %`;
      if (now() >= next) show();
    },
    say(line) {
      screen.write(bar ? `\r\u001B[K${line}\n` : `${line}\n`);
      shown = "";
    },
    end() {
      show();
      if (bar && shown !== "") screen.write("\n");
    },
  };
}
