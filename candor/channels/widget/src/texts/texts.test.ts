import { expect, test } from "vitest";
import * as de from "./de";
import * as en from "./en";
import { languageOf } from "./index";

function paths(texts: object, before = ""): string[] {
  return Object.entries(texts).flatMap(([name, text]) => (typeof text === "object" ? paths(text as object, `${before}${name}.`) : [`${before}${name}`]));
}

test("every language says everything, and nothing is left in English by mistake", () => {
  expect(paths(de.surface).sort()).toEqual(paths(en.surface).sort());
  expect(paths(de.launcher).sort()).toEqual(paths(en.launcher).sort());
  const same = Object.entries(en.surface).filter(([name, text]) => typeof text === "string" && text !== "" && (de.surface as Record<string, unknown>)[name] === text);
  expect(same.map(([name]) => name)).toEqual(["candor"]);
});

test("a language is found by its first part, and another one is spoken in English", () => {
  expect(languageOf("de-AT").code).toBe("de");
  for (const odd of ["", "xx", "ar", "constructor", "__proto__"]) expect(languageOf(odd).code).toBe("en");
});

test("dates are written as people write them, whatever the time zone, and odd ones stay as they are", () => {
  expect(languageOf("en").date("2026-01-15")).toBe("15 January 2026");
  expect(languageOf("de").date("2026-01-15")).toBe("15. Januar 2026");
  for (const odd of ["undated", "2026-13-45"]) expect(languageOf("en").date(odd)).toBe(odd);
});

test("one is one", () => {
  expect(en.surface.busy(1)).toContain("1 second.");
  expect(en.surface.readAloud("", "Text.", 1)).toBe("Text. 1 quote.");
  expect(de.surface.readAloud("", "Text.", 2)).toBe("Text. 2 Zitate.");
});
