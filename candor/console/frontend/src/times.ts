// <time datetime> in the reader's own zone and words; the exact instant stays as its title.
const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function showTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]:not([data-shown])")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = element.textContent ?? "";
    element.textContent = shown.format(moment);
    element.dataset["shown"] = "";
  }
}
