import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import type { FormField } from "../cards/form-values.ts";
import { sanitize } from "../sanitize.ts";
import type { DialogMethod } from "./step-types.ts";

interface MethodTabsProps {
  methods: readonly DialogMethod[];
  method: DialogMethod;
  changeMethod: (method: DialogMethod) => void;
  fields: readonly FormField[];
  children: ReactNode;
}

/** The choice between the methods by which a provider can be connected. */
export function MethodTabs({ methods, method, changeMethod, fields, children }: MethodTabsProps) {
  const names: Record<DialogMethod, string> = {
    scan: "Scan a code",
    ask: sanitize(fields[0]?.label ?? "Answer questions"),
  };
  const change = (value: string): void => {
    const chosen = methods.find((one) => one === value);
    if (chosen) changeMethod(chosen);
  };
  return (
    <Tabs.Root value={method} onValueChange={change}>
      <Tabs.List className="method-tabs" aria-label="How to connect">
        {methods.map((one) => (
          <Tabs.Trigger key={one} value={one}>
            {names[one]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={method} tabIndex={-1}>
        {children}
      </Tabs.Content>
    </Tabs.Root>
  );
}
