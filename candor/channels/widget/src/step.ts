/** Whether a step of a request is shown as a form field, as buttons, or both. Pure. */

import type { AskedField, Choice, Reply } from "./api";

const FEW = 6; // places that are shown as buttons; more go into a list

/** Whether the step gets a field. A yes or no, and a choice between two places, need none. */
export function hasField({ form }: Reply): boolean {
  if (!form || form.field === "agreed") return false;
  return form.field !== "residence" || form.options.length === 0 || form.options.length > FEW;
}

/** The buttons: those of the reply and, while the step is open, its options, unless they are in a list. */
export function choicesOf(reply: Reply, live: boolean): readonly Choice[] {
  const buttons = reply.buttons ?? [];
  if (reply.card?.lead) return buttons.slice(0, 1); // beside the summary, its Edit and Cancel stand for the others
  if (!live || !reply.form || (reply.form.field === "residence" && hasField(reply))) return buttons;
  const more = reply.form.options.filter((option) => buttons.every((button) => button.payload !== option.value));
  return [...buttons, ...more.map((option) => ({ title: option.label, payload: option.value }))];
}

/** The places in the list: those without a button of their own. */
export const listed = (asked: AskedField, buttons: readonly Choice[]): AskedField["options"] =>
  asked.options.filter((option) => buttons.every((button) => button.payload !== option.value));
