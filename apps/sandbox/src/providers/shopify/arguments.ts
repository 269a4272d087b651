import type { Argument, Operation, Written } from "./graphql.ts";

export type Values = Readonly<Record<string, unknown>>;

/** A request whose values do not fit: said with status 200, as everything in GraphQL is. */
export class Unfit extends Error {
  override name = "Unfit";
}

/** The value of each variable that the operation declares; what it does not declare is passed over. */
export function variablesOf({ variables }: Operation, given: Values): Values {
  const values = variables.map(({ name, required, fallback }) => {
    const value = given[name] ?? (fallback && valueOf(fallback, {}));
    if (required && (value === undefined || value === null))
      throw new Unfit(`Variable $${name} of required type was provided invalid value`);
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}

/** The arguments of a field, with the variables put in; one that was not given is left out. */
export function argumentsOf(args: readonly Argument[], variables: Values): Values {
  const values = args.map(([name, value]) => [name, valueOf(value, variables)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function valueOf(written: Written, variables: Values): unknown {
  switch (written.kind) {
    case "value":
      return written.value;
    case "enum":
      return written.name;
    case "variable":
      if (!(written.name in variables)) throw new Unfit(`Variable $${written.name} is used but not declared`);
      return variables[written.name];
    case "list":
      return written.items.map((item) => valueOf(item, variables));
    case "object":
      return argumentsOf(written.fields, variables);
  }
}
