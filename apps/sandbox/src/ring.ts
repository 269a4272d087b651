/** Keeps the last so many of what was put in. */
export interface Ring<T> {
  put(item: T): void;
  /** Oldest first. */
  all(): T[];
  clear(): void;
}

export function createRing<T>(size: number): Ring<T> {
  let items: T[] = [];
  let oldest = 0;
  return {
    put: (item) => {
      if (items.length < size) items.push(item);
      else {
        items[oldest] = item;
        oldest = (oldest + 1) % size;
      }
    },
    all: () => [...items.slice(oldest), ...items.slice(0, oldest)],
    clear: () => {
      items = [];
      oldest = 0;
    },
  };
}
