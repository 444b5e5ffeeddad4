// The navigation: its row is pushed to where this page's entry is seen, and its menu closes as menus do.

/** The row does not wrap: the entry of this page is pushed into view, and the page stays where it is. */
export function showWhereOneIs(): void {
  const entry = document.querySelector<HTMLElement>("#places [aria-current]");
  const row = entry?.closest<HTMLElement>("#places");
  if (entry && row) row.scrollLeft = entry.offsetLeft - (row.clientWidth - entry.offsetWidth) / 2;
}

/** A menu is a <details>, which opens without this script. Here: Escape, a click elsewhere or the focus elsewhere closes it, and
 * the arrows walk its links. */
export function openMenus(): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu]")) {
    menu.addEventListener("keydown", (event) => pressed(menu, event));
    menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
    });
    document.addEventListener("click", ({ target }) => {
      if (target instanceof Node && !menu.contains(target)) menu.open = false;
    });
  }
}

function pressed(menu: HTMLDetailsElement, event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector<HTMLElement>("summary")?.focus();
  } else if (by && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    menu.open = true;
    const links = [...menu.querySelectorAll<HTMLElement>("summary, a[href]")].filter((link) => link.checkVisibility?.() ?? true);
    const now = links.findIndex((link) => link === document.activeElement);
    links[Math.min(Math.max(now + by, 0), links.length - 1)]?.focus();
  }
}
