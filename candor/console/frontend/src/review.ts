// Keys of the review queue, and the filter of a policy's passages. Without this script the same links and buttons work.

/** Each key presses the control that carries it; nothing happens while somebody types, or holds Ctrl, Alt or Meta. */
export function listenToReviewKeys(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.keys");
  const judged = document.querySelector<HTMLElement>("[data-turn]");
  if (!dialog || !judged) return;
  if (!location.hash && judged.getBoundingClientRect().bottom > window.innerHeight) judged.scrollIntoView();
  const shown = document.querySelector<HTMLButtonElement>(".keys-button[data-review-key]");
  if (shown) {
    shown.hidden = false;
    shown.addEventListener("click", () => dialog.showModal());
  }
  document.addEventListener("keydown", (event) => {
    const at = event.target as HTMLElement;
    if (event.key === "Escape" && at.matches("textarea")) at.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || dialog.open) return;
    if (at.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    const control = document.querySelector<HTMLElement>(`[data-review-key="${CSS.escape(event.key)}"]`);
    if (!control) return;
    event.preventDefault();
    if (control instanceof HTMLTextAreaElement) control.focus();
    else control.click();
  });
}

/** Hides the passages that neither hold all the words nor are ticked. Ticking one chooses the answer by passages. */
export function filterPassages(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLInputElement>("input[data-filters]")) {
    const list = document.getElementById(field.dataset["filters"] ?? "");
    if (!list) continue;
    field.addEventListener("input", () => narrow(list, field.value));
    list.addEventListener("change", () => {
      const passages = document.querySelector<HTMLInputElement>("input[name=answer][value=passages]");
      if (passages && list.querySelector("input:checked")) passages.checked = true;
    });
  }
}

function narrow(list: HTMLElement, wanted: string): void {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of list.querySelectorAll<HTMLElement>("[data-filtered-group]")) {
    const heading = group.querySelector("h3")?.textContent?.toLowerCase() ?? "";
    let left = 0;
    for (const one of group.querySelectorAll<HTMLElement>("[data-filtered]")) {
      const text = `${heading} ${one.textContent?.toLowerCase() ?? ""}`;
      const ticked = one.querySelector<HTMLInputElement>("input")?.checked ?? false;
      one.hidden = !ticked && !words.every((word) => text.includes(word));
      if (!one.hidden) left += 1;
    }
    for (const lead of group.querySelectorAll<HTMLElement>(".lead-in")) lead.hidden = words.length > 0;
    group.hidden = left === 0;
  }
}
