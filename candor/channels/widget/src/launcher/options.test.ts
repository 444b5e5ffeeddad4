import { expect, test } from "vitest";
import { inkOn, isRightToLeft, optionsOf } from "./options";

const read = (given: Record<string, string>, pageLang = "") => optionsOf((name) => given[name] ?? null, "https://candor.example/widget.js?v=1", pageLang);

test("a company is enough", () => {
  expect(read({ "data-company": "clevra" })).toEqual({ company: "clevra", candor: "https://candor.example", colour: "", side: "right", lang: "", greeting: "", open: false });
});

test("everything that a page may ask for is read", () => {
  const asked = { "data-company": "clevra", "data-colour": "#AA0033", "data-position": "bottom-left", "data-lang": "de", "data-greeting": "Hallo!", "data-open": "" };

  expect(read(asked)).toMatchObject({ colour: "#AA0033", side: "left", lang: "de", greeting: "Hallo!", open: true });
});

test("the page's own language is taken where the tag names none", () => {
  expect(read({ "data-company": "clevra" }, "de-CH").lang).toBe("de-CH");
});

test("a tag without a usable company says so, and odd values are left aside", () => {
  for (const company of ["", "../x", "Clevra GmbH"]) expect(() => read({ "data-company": company })).toThrow(/data-company/);
  expect(read({ "data-company": "clevra", "data-colour": "red;}", "data-lang": "de&x=1", "data-open": "false" })).toMatchObject({ colour: "", lang: "", open: false });
  expect(read({ "data-company": "clevra", "data-greeting": "x".repeat(999) }).greeting).toHaveLength(300);
});

test("text stands out on every colour, by at least 4.5 to 1", () => {
  expect([inkOn("#000000"), inkOn("#ffffff"), inkOn("#0f766e"), inkOn("#ffd400")]).toEqual(["#ffffff", "#000000", "#ffffff", "#000000"]);
});

test("scripts that run from the right are known", () => {
  expect(["ar", "he", "ar-EG", "de", "en", "arn"].map(isRightToLeft)).toEqual([true, true, true, false, false, false]);
});
