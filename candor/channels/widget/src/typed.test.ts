import { expect, test } from "vitest";
import { lengthOf, readable } from "./typed";

test("a code is read with the spaces and dashes that people put into it", () => {
  for (const typed of ["123456", " 123 456 ", "123-456"]) expect(readable("code", typed)).toBe("123456");
  for (const typed of ["12345", "1234567", "12a456", ""]) expect(readable("code", typed)).toBe("");
});

test("an address only has to look like one: the server has the last word", () => {
  expect(readable("email", " name@example.org ")).toBe("name@example.org");
  for (const typed of ["name", "name@", "name@host", "a b@example.org", ""]) expect(readable("email", typed)).toBe("");
});

test("anything goes as details, but not nothing", () => {
  expect(readable("details", "  my user name is x ")).toBe("my user name is x");
  expect(readable("details", " \n ")).toBe("");
});

test("characters are counted as the server counts them", () => {
  expect(lengthOf("a😀ü")).toBe(3);
});
