import { expect, test } from "vitest";
import { NOTHING, Shelf } from "./shelf";

const storage = (holding: string | null) => ({ getItem: () => holding, setItem: () => undefined, removeItem: () => undefined });

test("what was kept comes back", () => {
  const kept = { pass: { id: "c1", token: "t" }, greeting: null, draft: "half a", unsent: { key: "m1", text: "Yes", sends: "yes" } };

  expect(new Shelf("clevra", storage(JSON.stringify(kept))).load()).toEqual(kept);
});

test("what is malformed counts as nothing", () => {
  for (const odd of ["{", "null", "5", '{"pass":{"id":5}}', '{"unsent":{"key":"m1"},"draft":7}']) expect(new Shelf("clevra", storage(odd)).load()).toEqual(NOTHING);
});

test("a browser that keeps nothing does no harm", () => {
  const full = { getItem: () => { throw new Error("denied"); }, setItem: () => { throw new Error("full"); }, removeItem: () => { throw new Error("denied"); } };

  for (const shelf of [new Shelf("clevra", null), new Shelf("clevra", full)]) {
    shelf.save(NOTHING);
    shelf.clear();
    expect(shelf.load()).toEqual(NOTHING);
  }
});
