/** A phone number of which only the last two digits can be read. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  return `+${"•".repeat(Math.max(0, digits.length - 2))}${digits.slice(-2)}`;
}
