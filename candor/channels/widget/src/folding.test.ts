import { expect, test } from "vitest";
import { beginningOf, isLong } from "./folding";

test.each([["Hello.", false], ["word ".repeat(100), true], ["line\n".repeat(12), true]])("%j is long: %s", (text, long) => expect(isLong(text)).toBe(long));

test("a folded text ends with a whole word, and keeps its first lines", () => {
  expect(beginningOf("word ".repeat(100))).toMatch(/^(word )+…$/);
  expect(beginningOf("x".repeat(1000)).length).toBeLessThan(300);
  expect(beginningOf("line\n".repeat(12)).split("\n")).toHaveLength(7);
});
