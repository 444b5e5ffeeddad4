/** Prepare what a visitor types before it is sent. Pure. */

import type { AskedField } from "./api";

export const LONGEST = 4000; // characters that the server takes in one message

/** Characters as the server counts them: code points, not UTF-16 units. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** The value as it is sent; "" if it clearly is not valid. The server decides in the end. */
export function readable(field: AskedField["field"], typed: string): string {
  const value = typed.trim();
  if (field === "email") return /^\S+@\S+\.\S+$/.test(value) ? value : "";
  if (field === "code") {
    const digits = value.replace(/[\s-]/g, "");
    return /^\d{6}$/.test(digits) ? digits : "";
  }
  return value;
}
