import { expect, test } from "vitest";
import { chatAddress, isFrom } from "./bridge";
import { chosenBy } from "./page-link";

const frame = {};
const good = { source: frame, origin: "https://candor.example", data: { candor: 1, type: "ready" } };

test("a message counts only from the right window, the right origin, and in our shape", () => {
  expect(isFrom(good, frame, "https://candor.example")).toBe(true);
  expect(isFrom({ ...good, source: {} }, frame, "https://candor.example")).toBe(false);
  expect(isFrom({ ...good, source: null }, null, "https://candor.example")).toBe(false);
  for (const origin of ["https://evil.example", "http://candor.example", "https://candor.example.evil.example", "null"]) expect(isFrom({ ...good, origin }, frame, "https://candor.example")).toBe(false);
  for (const data of [null, "ready", 1, {}, { type: "ready" }, { candor: 2, type: "ready" }, { candor: 1, type: 7 }, Object.create({ candor: 1, type: "ready" })]) {
    expect(isFrom({ ...good, data }, frame, "https://candor.example")).toBe(false);
  }
});

test("what the page chose arrives in the frame as it was written", () => {
  const chosen = { lang: "de", greeting: "Fragen & Antworten? #1", colour: "#aa0033", host: "https://shop.example" };
  const url = new URL(chatAddress("https://candor.example", "clevra", chosen));

  expect(url.pathname + url.search).toBe("/embed/clevra?lang=de");
  expect(chosenBy(url.hash, true, "https://shop.example")).toEqual({ host: chosen.host, greeting: chosen.greeting, colour: chosen.colour });
});

test("nothing in the address is believed outside a frame, nor where another page stands around it", () => {
  const hash = "#host=https%3A%2F%2Fshop.example&greeting=Send%20us%20your%20password&colour=%23aa0033";
  const nothing = { host: "", greeting: "", colour: "" };

  expect(chosenBy(hash, false, undefined)).toEqual(nothing);
  expect(chosenBy(hash, true, "https://evil.example")).toEqual(nothing);
  for (const host of ["*", "https://shop.example/path", "javascript:alert(1)", ""]) expect(chosenBy(`#host=${encodeURIComponent(host)}`, true, undefined)).toEqual(nothing);
});
