import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import { inert } from "../inert.ts";
import type { Question, Way } from "./step.ts";

interface Props {
  ways: readonly Way[];
  way: Way;
  change: (way: Way) => void;
  opening: readonly Question[];
  children: ReactNode;
}

/** The choice between the ways in which a walk may begin. */
export function Ways({ ways, way, change, opening, children }: Props) {
  const names: Record<Way, string> = { scan: "Scan a code", ask: inert(opening[0]?.label ?? "Answer questions") };
  return (
    <Tabs.Root value={way} onValueChange={(value) => change(value as Way)}>
      <Tabs.List className="ways" aria-label="How to connect">
        {ways.map((one) => (
          <Tabs.Trigger key={one} value={one}>
            {names[one]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={way} tabIndex={-1}>
        {children}
      </Tabs.Content>
    </Tabs.Root>
  );
}
