/** How much of a long text is shown at first. Pure. */

const LONG = 420; // characters, about nine lines on a phone
const KEPT = 280;
const MANY_LINES = 9;

export const isLong = (text: string): boolean => text.length > LONG || text.split("\n").length > MANY_LINES;

/** The beginning of a long text, ending with a whole word. */
export function beginningOf(text: string): string {
  const lines = text.split("\n").slice(0, MANY_LINES - 2).join("\n");
  const start = lines.slice(0, KEPT);
  const word = start.search(/\s\S*$/);
  return `${lines.length > KEPT && word > KEPT / 2 ? start.slice(0, word) : start} …`;
}
