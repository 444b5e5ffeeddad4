import { expect, test } from "vitest";
import { ownPath, textFragment, websiteLink } from "./passage-link";

test("only addresses on this very host become links", () => {
  expect(ownPath("/policies/clevra/2026-01-15#c1-2", "https://candor.example")).toBe("/policies/clevra/2026-01-15#c1-2");
  for (const odd of ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "data:text/html,x"]) expect(ownPath(odd, "https://candor.example")).toBeNull();
});

test("a short quote is looked for as a whole", () => {
  expect(textFragment("We never sell data.")).toBe(":~:text=We%20never%20sell%20data.");
});

test("a long quote is looked for by its ends, each within one line and without bullets", () => {
  const fragment = textFragment("We keep personal data only for as long as necessary to:\n• fulfil a purpose\n• resolve co-owned, long disputes");

  expect(fragment).toBe(":~:text=We%20keep%20personal%20data%20only%20for,resolve%20co%2Downed%2C%20long%20disputes");
});

test("the company's own page is linked over https alone, with its own fragment replaced", () => {
  expect(websiteLink("https://clevra.example/privacy#top", "We never sell data.")).toBe("https://clevra.example/privacy#:~:text=We%20never%20sell%20data.");
  for (const odd of [null, "", "http://clevra.example/", "javascript:alert(1)"]) expect(websiteLink(odd, "Quote")).toBeNull();
});
