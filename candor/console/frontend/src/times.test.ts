import { expect, test } from "vitest";
import { ago, showTimes } from "./times";

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

test.each([
  [0, "now"], [-59_000, "now"], [-61_000, "1 minute ago"], [-2 * 3_600_000, "2 hours ago"], [25 * 3_600_000, "tomorrow"],
  [-3 * 86_400_000, "3 days ago"], [40 * 86_400_000, "in 40 days"],
])("what is %i ms away is told in the largest unit that fits", (away, told) => {
  const now = new Date("2026-01-15T10:30:00Z");
  expect(ago(new Date(now.getTime() + away), now)).toBe(told);
});

test.each([
  ["2026-01-17T10:29:00", "in 2 days"], ["2026-01-16T23:59:00", "tomorrow"], ["2026-01-14T00:01:00", "yesterday"], ["2026-01-13T11:00:00", "2 days ago"],
])("%s is told by the reader's calendar", (moment, told) => {
  expect(ago(new Date(moment), new Date("2026-01-15T10:30:00"))).toBe(told);
});

test("how long ago stands beside the time where it is asked for", () => {
  document.body.innerHTML = '<time data-ago datetime="2020-01-15T10:30:00+00:00">2020-01-15 10:30 UTC</time>';
  showTimes(document);
  expect(document.querySelector(".ago")?.textContent).toMatch(/^ \(\d,?\d+\u00a0days\u00a0ago\)$/);
});

test("a day is the same in every zone", () => {
  document.body.innerHTML = '<time datetime="2026-01-15">15 Jan 2026</time>';
  showTimes(document);
  expect(document.querySelector("time")?.textContent).toMatch(/15/);
});
