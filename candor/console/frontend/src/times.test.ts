import { expect, test } from "vitest";
import { showTimes } from "./times";

test("a time is shown in the reader's own words, once, and its exact instant stays", () => {
  document.body.innerHTML = '<time datetime="2026-01-15T10:30:00+00:00">2026-01-15 10:30 UTC</time>';
  const time = document.querySelector("time") as HTMLTimeElement;
  const own = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date("2026-01-15T10:30:00Z"));
  showTimes(document);
  showTimes(document);
  expect([time.textContent, time.title]).toEqual([own, "2026-01-15 10:30 UTC"]);
});

test("what is no time is left as it is", () => {
  document.body.innerHTML = '<time datetime="soon">soon</time>';
  showTimes(document);
  expect(document.querySelector("time")?.textContent).toBe("soon");
});
