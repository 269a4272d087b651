import type { ProviderCard } from "@patchbay/api/router";
import { extractCode, normalizePhoneNumber } from "./digits.ts";

/** A field that a provider asks the user to fill in. */
export type FormField = ProviderCard["fields"][number];

/** What the user filled in, by the names of the fields. */
export type FormValues = Record<string, string>;

/**
 * Turns what the user typed or pasted into a field's value. A bare name gets the field's suffix:
 * `acme-goods.myshopify.com`. An address stays as it is, because the API judges it.
 */
export function normalizeValue(field: FormField, typed: string): string {
  if (field.input === "tel") return normalizePhoneNumber(typed);
  if (field.input === "numeric") return extractCode(typed, expectedLength(field));
  const text = typed.trim();
  return field.suffix !== undefined && /^[\w-]+$/.test(text) ? `${text}${field.suffix}` : text;
}

/** How many characters the value has. Undefined where that is not known; a length of 0 means the same. */
export const expectedLength = ({ length }: FormField): number | undefined => length || undefined;

/** Finds what is missing from a value before it can be sent. */
export function findMissing(field: FormField, typed: string): string | undefined {
  const isPassword = field.input === "password";
  if (!(isPassword ? typed : typed.trim())) return "Please fill this in first.";
  const value = isPassword ? typed : normalizeValue(field, typed);
  if (field.input === "tel" && !value.startsWith("+")) return missingCountryCode;
  const length = expectedLength(field);
  if (length === undefined || value.length === length) return undefined;
  return `Enter all ${length} ${field.input === "numeric" ? "digits" : "characters"}.`;
}

/** Says how a phone number is written. */
export const missingCountryCode = "Enter the number with a + and its country code, like +44 7700 900123.";

/** Builds the attributes of a field's input: its keyboard on a phone, what a browser may fill in, and if it is hidden. */
export function buildInputProps({ input = "text", autocomplete = "off" }: FormField, revealed = false) {
  const isPassword = input === "password";
  return {
    type: isPassword ? (revealed ? "text" : input) : input === "tel" ? input : "text",
    inputMode: isPassword ? "text" : input,
    autoComplete: autocomplete,
    autoCapitalize: "none",
    spellCheck: false,
  } as const;
}

/** Finds the values that an account was connected with in its details. Undefined unless all of them are there. */
export function findKnownValues(fields: readonly FormField[], details: FormValues): FormValues | undefined {
  const known = fields.flatMap(({ name }) => {
    const value = Object.hasOwn(details, name) ? details[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return known.length === fields.length ? Object.fromEntries(known) : undefined;
}
