import { describe, expect, test } from "vitest";
import { guessed, matching, namesIn, plain } from "./places";

const options = [
  { value: "South Africa", label: "South Africa", code: "ZA" },
  { value: "Austria", label: "Austria", code: "AT" },
  { value: "Côte d'Ivoire", label: "Côte d'Ivoire", code: "CI" },
  { value: "Georgia (United States)", label: "Georgia (United States)", code: "US-GA" },
  { value: "United States", label: "United States", code: "US" },
  { value: "Sweden", label: "Sweden", code: "SE" },
  { value: "I'd rather not say", label: "Rather not say" },
];
const labels = (typed: string, languages = ["en"]) => matching(typed, options, namesIn(languages)).map((option) => option.label);

describe("a place is guessed", () => {
  test.each([
    [["de-AT", "en-US"], "Austria"], // the language that the visitor likes best
    [["en", "sv"], "Sweden"], // a language of few countries
    [["sv", "en-ZA"], "South Africa"], // a region says more than a language
    [["en-US"], "United States"],
  ])("%j is %s", (languages, place) => expect(guessed(languages, options)?.label).toBe(place));

  test.each([[["en"]], [["pt", "fr"]], [[]], [["no_such_tag"]], [["de-DE"]]])("%j leaves it open", (languages) => expect(guessed(languages, options)).toBeUndefined());
});

describe("a place is found", () => {
  test("by how it begins, then by its words", () => expect(labels("united")).toEqual(["United States", "Georgia (United States)"]));
  test("without accents or capitals", () => expect(labels("COTE D’IV")).toEqual(["Côte d'Ivoire"]));
  test("in the visitor's own language", () => expect(labels("öst", ["de"])).toEqual(["Austria"]));
  test("nowhere, if there is no such place", () => expect(labels("atlantis")).toEqual([]));
  test("anywhere, as long as nothing is typed", () => expect(labels(" ")).toHaveLength(options.length));
  test("whatever is typed", () => expect(plain("  Ça (va)? ")).toBe("ca va"));
});
