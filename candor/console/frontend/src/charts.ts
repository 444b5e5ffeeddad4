// The charts are loaded only on pages that have tables to draw.
export function drawCharts(root: ParentNode): void {
  const figures = [...root.querySelectorAll<HTMLElement>("figure[data-chart]:not([data-asked])")];
  if (figures.length === 0) return;
  for (const figure of figures) figure.dataset["asked"] = "";
  const tables = figures.map((figure) => figure.querySelector<HTMLDetailsElement>("details.as-table"));
  import("./drawing")
    .then(({ draw }) => {
      for (const figure of figures) draw(figure);
      for (const table of tables) if (table?.closest("figure")?.querySelector("canvas")) table.open = false;
    })
    .finally(() => { for (const table of tables) table?.setAttribute("data-ready", ""); }); // without charts the tables stay open
}

/** Puts the reader's own time zone right below UTC. */
export function offerOwnZone(root: ParentNode): void {
  const zones = root.querySelector<HTMLSelectElement>(".figures-form select[name=zone]");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const option = [...(zones?.options ?? [])].find((each) => each.value === own);
  if (!zones || !option || own === "UTC") return;
  option.value = own;
  option.label = `${own} (yours)`;
  zones.insertBefore(option, zones.options[1] ?? null);
}

/** Shows the fields for dates where own dates are chosen. */
export function showOwnDates(root: ParentNode): void {
  const form = root.querySelector<HTMLFormElement>(".figures-form");
  const span = form?.querySelector<HTMLSelectElement>("select[name=span]");
  if (!form || !span) return;
  const fields = [...form.querySelectorAll<HTMLElement>("[data-own]")];
  const update = (): void => { for (const field of fields) field.hidden = span.value !== "own"; };
  span.addEventListener("change", update);
  update();
}

window.addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll<HTMLDetailsElement>("details.as-table:not([open])")) {
    table.open = true;
    window.addEventListener("afterprint", () => { table.open = false; }, { once: true });
  }
});
