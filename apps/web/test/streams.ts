import { vi } from "vitest";

/** A stream of server-sent events whose events come from the test. */
export class Stream extends EventTarget {
  readonly url: string;
  closed = false;

  constructor(url: string) {
    super();
    this.url = url;
  }

  close(): void {
    this.closed = true;
  }

  /** The API has answered, and the stream is open. */
  live(): void {
    this.dispatchEvent(new MessageEvent("connected", { data: "{}" }));
  }

  tell(step: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(step) }));
  }

  ping(): void {
    this.dispatchEvent(new MessageEvent("ping", { data: "" }));
  }

  /** The API ends the stream, and says why. */
  end(data: Record<string, unknown>): void {
    this.dispatchEvent(new MessageEvent("serialized-error", { data: JSON.stringify({ data }) }));
  }

  fail(): void {
    this.dispatchEvent(new Event("error"));
  }
}

/** Replaces the browser's streams. Returns those that were opened for a path, in order. */
export function fakeStreams(path: string): Stream[] {
  const opened: Stream[] = [];
  vi.stubGlobal(
    "EventSource",
    class extends Stream {
      constructor(url: string) {
        super(url);
        if (url.startsWith(`/api/trpc/${path}`)) opened.push(this);
      }
    },
  );
  return opened;
}
