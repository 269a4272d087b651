/** The sandbox's only source of time: real time, moved by the control API. */
export interface Clock {
  now(): number;
  advance(ms: number): void;
  set(ms: number): void;
  reset(): void;
}

/** Creates a clock that shows real time until it is moved. */
export function createClock(): Clock {
  let shift = 0;
  return {
    now: () => Date.now() + shift,
    advance: (ms) => {
      shift += ms;
    },
    set: (ms) => {
      shift = ms - Date.now();
    },
    reset: () => {
      shift = 0;
    },
  };
}

/** Seconds in milliseconds. */
export const seconds = (n: number): number => n * 1000;

/** Minutes in milliseconds. */
export const minutes = (n: number): number => seconds(n * 60);

/** Hours in milliseconds. */
export const hours = (n: number): number => minutes(n * 60);

/** Days in milliseconds. */
export const days = (n: number): number => hours(n * 24);
