import { expect, test } from "vitest";
import { troubleOf, waitOf } from "./trouble";

const headers = (given: Record<string, string>) => new Headers(given);

test("a trouble is what the visitor can do about it", () => {
  const kinds = [401, 404, 422, 413, 429, 500, 503].map((status) => troubleOf(status, { detail: "Why" }, headers({})).kind);

  expect(kinds).toEqual(["gone", "gone", "refused", "refused", "busy", "server", "server"]);
});

test("the server's sentence is kept, and whatever else it sends is not", () => {
  expect(troubleOf(503, { detail: "Please try again." }, headers({})).detail).toBe("Please try again.");
  for (const odd of [null, "text", 5, { detail: { html: "<b>" } }]) expect(troubleOf(503, odd, headers({})).detail).toBe("");
});

test("Retry-After is read in seconds, and as a date by the server's clock", () => {
  expect(waitOf(headers({ "Retry-After": "12" }))).toBe(12);
  expect(waitOf(headers({ "Retry-After": "Sun, 22 Nov 2026 08:00:30 GMT", Date: "Sun, 22 Nov 2026 08:00:00 GMT" }))).toBe(30);
});

test("a wait is never endless, negative or nothing", () => {
  for (const odd of [{}, { "Retry-After": "soon" }, { "Retry-After": "Sun, 22 Nov 2026 08:00:30 GMT" }]) expect(waitOf(headers(odd))).toBe(5);
  expect(waitOf(headers({ "Retry-After": "-3" }))).toBe(1);
  expect(waitOf(headers({ "Retry-After": "999999" }))).toBe(3600);
});
