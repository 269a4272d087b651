import type { ProviderCard, AttemptView as Step } from "@patchbay/api/router";

/** Where a walk stands. */
export type { Step };

export type Asked = Extract<Step, { type: "ask" }>;

export type Scan = Extract<Step, { type: "scan" }>;

/** A step that waits for the user. */
export type Waiting = Asked | Scan;

export type Question = ProviderCard["fields"][number];

export type Answers = Record<string, string>;

/** How a walk may begin without leaving the page. */
export type Way = Exclude<ProviderCard["methods"][number], "redirect">;
