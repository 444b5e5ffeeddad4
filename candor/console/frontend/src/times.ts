// <time datetime> in the reader's own zone and words; the exact instant stays as its title. With data-ago, how long ago it is,
// or how long until then, stands beside it and goes on counting.
const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const shownDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" }); // a day is the same in every zone
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];
const A_MINUTE = 60_000;
const DAY = "2026-01-15".length;

export function showTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]:not([data-shown])")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const isDay = element.dateTime.length === DAY;
    element.title = isDay ? "" : (element.textContent ?? "");
    const written = (isDay ? shownDay : shown).format(moment);
    element.textContent = written;
    element.dataset["shown"] = "";
    if (element.dataset["ago"] === undefined) continue;
    element.textContent = joined(written);
    element.append(beside(moment));
  }
}

/** Writes anew how long ago things are. */
export function keepTimesTrue(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-ago][data-shown]")) {
      element.querySelector(".ago")?.replaceWith(beside(new Date(element.dateTime)));
    }
  }, A_MINUTE);
}

/** In the largest unit that fits: "in 3 days", "12 min. ago", "now". Days are those of the reader's calendar: tomorrow is tomorrow. */
export function ago(moment: Date, now: Date): string {
  const away = moment.getTime() - now.getTime();
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? ["second", 1000];
  if (unit === "day") return relative.format(Math.round((midnight(moment) - midnight(now)) / size), unit);
  return unit === "second" ? "now" : relative.format(Math.trunc(away / size), unit);
}

function midnight(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

function beside(moment: Date): HTMLElement {
  const element = document.createElement("span");
  element.className = "ago";
  element.textContent = ` ${joined(`(${ago(moment, new Date())})`)}`;
  return element;
}

/** Words that stay on one line. */
function joined(words: string): string {
  return words.replaceAll(" ", "\u00a0");
}
