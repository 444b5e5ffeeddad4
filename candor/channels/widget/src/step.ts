/** How a step of a request is asked for: in a form field, by buttons, or both. Pure. */

import type { AskedField, Choice, Reply } from "./api";

const FEW = 6; // places that are asked for by buttons; more go into a list

/** Whether the step gets a field. A yes or no, and a choice between two places, need none. */
export function hasField({ form }: Reply): boolean {
  if (!form || form.field === "agreed") return false;
  return form.field !== "residence" || form.options.length === 0 || form.options.length > FEW;
}

/** What can be pressed: the reply's buttons, and while the step is asked also its options, unless they stand in a list. */
export function choicesOf(reply: Reply, live: boolean): readonly Choice[] {
  const buttons = reply.buttons ?? [];
  if (!live || !reply.form || (reply.form.field === "residence" && hasField(reply))) return buttons;
  const more = reply.form.options.filter((option) => buttons.every((button) => button.payload !== option.value));
  return [...buttons, ...more.map((option) => ({ title: option.label, payload: option.value }))];
}

/** What stands in the list of places: not what has a button of its own. */
export const listed = (asked: AskedField, buttons: readonly Choice[]): AskedField["options"] =>
  asked.options.filter((option) => buttons.every((button) => button.payload !== option.value));
