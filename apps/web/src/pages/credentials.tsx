import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { signIn, signUp } from "../auth.ts";
import { Button } from "../ui/button.tsx";
import { Concealed } from "../ui/concealed.tsx";
import { Field } from "../ui/field.tsx";
import { ErrorSummary } from "./error-summary.tsx";
import { type Faults, faultsOf, type Typed } from "./faults.ts";

interface Props {
  /** Creating an account rather than using one. */
  joining: boolean;
  /** What is typed so far: it stays when the user changes to the other form. */
  typed: Typed;
  setTyped: (change: (now: Typed) => Typed) => void;
  /** The user has come from the other form: the keyboard goes on in this one. */
  changed: boolean;
  /** Goes to the form of those who have an account. */
  use: () => void;
  entered: () => Promise<unknown>;
}

export function Credentials({ joining, typed, setTyped, changed, use, entered }: Props) {
  const { faults, busy, submit } = useEntering({ joining, entered, typed });
  const [bare, setBare] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (changed) [...(form.current?.querySelectorAll("input") ?? [])].find(({ value }) => value === "")?.focus();
  }, [changed]);
  const field = (name: keyof Typed) => ({
    id: name,
    name,
    required: true,
    value: typed[name],
    fault: faults?.find((fault) => fault.field === name)?.sentence,
    onChange: ({ target }: { target: { value: string } }) => setTyped((now) => ({ ...now, [name]: target.value })),
  });
  return (
    <form className="credentials" ref={form} onSubmit={submit} noValidate>
      {faults && <ErrorSummary faults={faults} use={use} />}
      {joining && <Field {...field("name")} label="Name" autoComplete="name" />}
      <Field
        {...field("email")}
        label="E-mail"
        type="email"
        inputMode="email"
        autoComplete="username"
        spellCheck={false}
      />
      <Field
        {...field("password")}
        label="Password"
        type={bare ? "text" : "password"}
        spellCheck={false}
        autoCapitalize="none"
        beside={<Concealed {...{ bare, setBare }} what="what you typed" />}
        hint={joining ? "At least 8 characters." : undefined}
        autoComplete={joining ? "new-password" : "current-password"}
      />
      <Button type="submit" tone="primary" busy={busy}>
        {joining ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}

function useEntering({ joining, entered, typed }: Pick<Props, "joining" | "entered" | "typed">) {
  const [faults, setFaults] = useState<Faults>();
  const [busy, setBusy] = useState(false);
  const enter = async (): Promise<void> => {
    const { name, password } = typed;
    const email = typed.email.trim();
    setBusy(true);
    const refusal = await (joining ? signUp({ email, password, name: name.trim() }) : signIn({ email, password }));
    if (refusal) setFaults([refusal]);
    else await entered();
    setBusy(false);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (busy) return;
    const found = faultsOf(typed, joining);
    setFaults(found.length > 0 ? found : undefined);
    if (found.length === 0) void enter();
  };
  return { faults, busy, submit };
}
