// Saved replies: the chosen text is inserted at the cursor, to be edited there. Nothing is sent, and what is in the box stays.
// Without this script, the same buttons bring the form back with the text below what was typed.

const visited = new WeakSet<HTMLTextAreaElement>(); // boxes whose cursor somebody has put somewhere

export function offerSavedReplies(): void {
  // Focus does not count: a page may set it by itself.
  for (const kind of ["input", "keydown", "pointerdown"]) {
    document.addEventListener(kind, (event) => {
      if (event.target instanceof HTMLTextAreaElement) visited.add(event.target);
    });
  }
  document.addEventListener("click", choose, true); // before htmx, which would send the form
  document.addEventListener("keydown", move);
  document.addEventListener("input", find);
  document.addEventListener("toggle", opened, true); // does not bubble
}

/** Shows the search fields, which work only with this script. */
export function showFind(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLElement>("[data-saved-find]")) field.hidden = false;
}

function choose(event: MouseEvent): void {
  const target = event.target as Element;
  const button = target.closest<HTMLButtonElement>("button[data-saved-text]");
  if (button) {
    event.preventDefault();
    event.stopPropagation();
    put(button);
    return;
  }
  for (const open of document.querySelectorAll<HTMLDetailsElement>("[data-saved-replies][open]")) if (!open.contains(target)) open.open = false;
}

function put(button: HTMLButtonElement): void {
  const box = button.form?.querySelector("textarea");
  const details = button.closest<HTMLDetailsElement>("[data-saved-replies]");
  if (!box || !details) return;
  const fits = insert(box, button.dataset["savedText"] ?? "");
  details.open = false;
  box.focus();
  const said = button.form?.querySelector("[data-saved-said]");
  const title = button.querySelector("strong")?.textContent ?? "";
  if (said) said.textContent = fits ? `“${title}” is in the box. Change what you like before you send it.` : `There is no room left for “${title}”: nothing was put in.`;
}

/** At the cursor, in place of what is selected; at the end where nobody has put a cursor. False: it would be too long. */
export function insert(box: HTMLTextAreaElement, text: string): boolean {
  const [start, end] = visited.has(box) ? [box.selectionStart, box.selectionEnd] : [box.value.length, box.value.length];
  const apart = start > 0 && !/\s/.test(box.value.charAt(start - 1)) ? " " : "";
  const put = apart + text;
  if (box.maxLength > 0 && box.value.length - (end - start) + put.length > box.maxLength) return false;
  box.focus();
  box.setSelectionRange(start, end);
  // The one way that the browser's undo knows of. Where it is missing, the text is set.
  if (typeof document.execCommand === "function" && document.execCommand("insertText", false, put)) return true;
  box.setRangeText(put, start, end);
  box.setSelectionRange(start + put.length, start + put.length);
  box.dispatchEvent(new Event("input", { bubbles: true })); // the draft is kept
  return true;
}

function move(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const details = target.closest<HTMLDetailsElement>("[data-saved-replies][open]");
  if (!details) return;
  const shown = [...details.querySelectorAll<HTMLButtonElement>("li:not([hidden]) > button")];
  const at = shown.findIndex((one) => one === document.activeElement);
  if (event.key === "Escape") {
    details.open = false;
    details.querySelector("summary")?.focus();
  } else if (event.key === "ArrowDown") shown[Math.min(at + 1, shown.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (shown[at - 1] ?? details.querySelector<HTMLElement>("[data-saved-find]:not([hidden])") ?? shown[0])?.focus();
  else if (event.key === "Enter" && target.matches("[data-saved-find]")) {
    if (shown[0]) put(shown[0]);
  } else return;
  event.preventDefault();
}

/** Hides the replies that do not hold all the words. */
function find(event: Event): void {
  const field = event.target as HTMLInputElement;
  if (!field.matches("[data-saved-find]")) return;
  narrow(field);
}

function narrow(field: HTMLInputElement): void {
  const details = field.closest<HTMLElement>("[data-saved-replies]");
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const row of details?.querySelectorAll<HTMLElement>("li") ?? []) {
    const button = row.querySelector("button");
    const text = `${row.querySelector("strong")?.textContent ?? ""} ${button?.dataset["savedText"] ?? ""}`.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) left += 1;
  }
  const none = details?.querySelector<HTMLElement>("[data-saved-none]");
  if (none) none.hidden = left > 0;
}

function opened(event: Event): void {
  const details = event.target as HTMLElement;
  if (!(details instanceof HTMLDetailsElement) || !details.matches("[data-saved-replies]") || !details.open) return;
  const field = details.querySelector<HTMLInputElement>("[data-saved-find]:not([hidden])");
  if (field) {
    field.value = "";
    narrow(field);
  }
  (field ?? details.querySelector<HTMLElement>("li > button"))?.focus();
}
