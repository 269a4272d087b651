import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { createAccount, signInWithPassword } from "../auth.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { PasswordToggle } from "../ui/password-toggle.tsx";
import { ErrorSummary } from "./error-summary.tsx";
import { findFormFaults, type FormFaults, type SignInValues } from "./form-faults.ts";

interface SignInFormProps {
  /** The user creates an account. Otherwise they use one that exists. */
  isNewAccount: boolean;
  /** What the user typed so far. It stays when the user changes to the other form. */
  typed: SignInValues;
  setTyped: (change: (now: SignInValues) => SignInValues) => void;
  /** The user has come from the other form, so the focus goes to the first empty field. */
  hasChanged: boolean;
  /** Changes to the form for an account that exists. */
  showSignIn: () => void;
  onSignedIn: () => Promise<unknown>;
}

/** The form to sign in, or to create an account. */
export function SignInForm(props: SignInFormProps) {
  const { isNewAccount, typed, setTyped, hasChanged, showSignIn } = props;
  const { faults, busy, submitForm } = useSignInForm(props);
  const [revealed, setRevealed] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (hasChanged) [...(form.current?.querySelectorAll("input") ?? [])].find(({ value }) => value === "")?.focus();
  }, [hasChanged]);
  const buildFieldProps = (name: keyof SignInValues) => ({
    id: name,
    name,
    required: true,
    value: typed[name],
    fault: faults?.find((fault) => fault.field === name)?.sentence,
    onChange: ({ target }: { target: { value: string } }) => setTyped((now) => ({ ...now, [name]: target.value })),
  });
  return (
    <form className="sign-in-form" ref={form} onSubmit={submitForm} noValidate>
      {faults && <ErrorSummary faults={faults} showSignIn={showSignIn} />}
      {isNewAccount && <Field {...buildFieldProps("name")} label="Name" autoComplete="name" />}
      <Field
        {...buildFieldProps("email")}
        label="E-mail"
        type="email"
        inputMode="email"
        autoComplete="username"
        spellCheck={false}
      />
      <Field
        {...buildFieldProps("password")}
        label="Password"
        type={revealed ? "text" : "password"}
        spellCheck={false}
        autoCapitalize="none"
        beside={<PasswordToggle {...{ revealed, setRevealed }} what="what you typed" />}
        hint={isNewAccount ? "At least 8 characters." : undefined}
        autoComplete={isNewAccount ? "new-password" : "current-password"}
      />
      <Button type="submit" tone="primary" busy={busy}>
        {isNewAccount ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}

function useSignInForm({ isNewAccount, onSignedIn, typed }: SignInFormProps) {
  const [faults, setFaults] = useState<FormFaults>();
  const [busy, setBusy] = useState(false);
  const sendForm = async (): Promise<void> => {
    const { name, password } = typed;
    const email = typed.email.trim();
    setBusy(true);
    const refusal = await (isNewAccount
      ? createAccount({ email, password, name: name.trim() })
      : signInWithPassword({ email, password }));
    if (refusal) setFaults([refusal]);
    else await onSignedIn();
    setBusy(false);
  };
  const submitForm = (event: SubmitEvent): void => {
    event.preventDefault();
    if (busy) return;
    const found = findFormFaults(typed, isNewAccount);
    setFaults(found.length > 0 ? found : undefined);
    if (found.length === 0) void sendForm();
  };
  return { faults, busy, submitForm };
}
