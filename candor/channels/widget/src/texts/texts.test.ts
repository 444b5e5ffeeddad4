import { expect, test } from "vitest";
import * as de from "./de";
import * as en from "./en";
import { LANGUAGES, languageOf } from "./index";
import { wordsIn } from "../launcher/registry";

function paths(texts: object, before = ""): string[] {
  return Object.entries(texts).flatMap(([name, text]) => (typeof text === "object" ? paths(text as object, `${before}${name}.`) : [`${before}${name}`]));
}

const FILES = import.meta.glob<typeof en>(["./*.ts", "!./index.ts", "!./*.test.ts"], { eager: true });
const CATALOGUES = Object.entries(FILES).map(([file, texts]) => ({ code: file.slice(2, -3), ...texts }));

test("the chat and the launcher know every catalogue", () => {
  expect([...LANGUAGES].sort()).toEqual(CATALOGUES.map(({ code }) => code).sort());
  for (const { code, surface, launcher } of CATALOGUES) {
    expect(languageOf(code).words).toBe(surface);
    expect(wordsIn(code)).toBe(launcher);
  }
});

test.each(CATALOGUES.filter(({ code }) => code !== "en"))("$code says everything, and leaves nothing in English by mistake", ({ surface, launcher }) => {
  expect(paths(surface).sort()).toEqual(paths(en.surface).sort());
  expect(paths(launcher).sort()).toEqual(paths(en.launcher).sort());
  const own = surface as unknown as Record<string, unknown>;
  const same = Object.entries(en.surface).filter(([name, text]) => typeof text === "string" && text !== "" && own[name] === text);
  expect(same.map(([name]) => name)).toEqual(["candor"]);
});

test("a language is found by its first part, and another one is spoken in English", () => {
  expect(languageOf("de-AT").code).toBe("de");
  expect(wordsIn("de-AT")).toBe(de.launcher);
  for (const odd of ["", "xx", "ar", "constructor", "__proto__"]) {
    expect(languageOf(odd).code).toBe("en");
    expect(wordsIn(odd)).toBe(en.launcher);
  }
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
