// Keys of every page: j and k between the rows of its lists, / to search, ? for help; u goes back from a conversation. Not while
// somebody types. A list is marked with data-list; of each row the link with data-row-link is focused, else its first control.
const WRITES = "input, textarea, select, [contenteditable]";

export function listenForKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (target.matches(WRITES) || document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
}

function act(key: string): boolean {
  if (key === "j") return step(1);
  if (key === "k") return step(-1);
  if (key === "/") return search();
  if (key === "?") return help();
  if (key === "u") return up();
  return false;
}

function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(".talk-link, .turns > .turn, [data-list] > li, [data-list] > tbody > tr")]
    .filter((row) => shown(row) && !row.querySelector("th[scope=rowgroup]"));
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by];
  if (next) aim(next).focus();
  next?.scrollIntoView({ block: "nearest" });
  return rows.length > 0;
}

/** Whether it is on the page now; true where the browser cannot say. */
export function shown(element: HTMLElement): boolean {
  return typeof element.checkVisibility === "function" ? element.checkVisibility() : true;
}

function aim(row: HTMLElement): HTMLElement {
  if (row.matches(".talk-link, .turn")) return row;
  const inside = row.querySelector<HTMLElement>("[data-row-link]") ?? row.querySelector<HTMLElement>("a[href], button, summary");
  if (inside) return inside;
  row.tabIndex = -1;
  return row;
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("input[type=search], .find-person input[type=text]");
  field?.focus();
  field?.select();
  return field !== null;
}

function help(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.keys");
  dialog?.showModal();
  return dialog !== null;
}

function up(): boolean {
  const link = document.querySelector<HTMLAnchorElement>('a[data-key="u"]');
  link?.click();
  return link !== null;
}
