/** Keeps the last items, up to its size. */
export interface RingBuffer<T> {
  push(item: T): void;
  /** Lists the items, oldest first. */
  toArray(): T[];
  clear(): void;
}

/** Creates a ring buffer of this size. */
export function createRingBuffer<T>(size: number): RingBuffer<T> {
  let items: T[] = [];
  let oldest = 0;
  return {
    push: (item) => {
      if (items.length < size) items.push(item);
      else {
        items[oldest] = item;
        oldest = (oldest + 1) % size;
      }
    },
    toArray: () => [...items.slice(oldest), ...items.slice(0, oldest)],
    clear: () => {
      items = [];
      oldest = 0;
    },
  };
}
