import { expect, test } from "vitest";
import { NOTHING, TabState } from "./tab-state";

const storage = (holding: string | null) => ({ getItem: () => holding, setItem: () => undefined, removeItem: () => undefined });

test("what was kept comes back", () => {
  const kept = { pass: { id: "c1", token: "t" }, greeting: null, draft: "half a", pending: [{ key: "m1", text: "Yes", sends: "yes" }] };

  expect(new TabState("clevra", storage(JSON.stringify(kept))).load()).toEqual(kept);
});

test("what is malformed counts as nothing", () => {
  for (const odd of ["{", "null", "5", '{"pass":{"id":5}}', '{"pending":[{"key":"m1"},7],"draft":7}', '{"pending":"m1"}']) expect(new TabState("clevra", storage(odd)).load()).toEqual(NOTHING);
});

test("a browser that keeps nothing does no harm", () => {
  const full = { getItem: () => { throw new Error("denied"); }, setItem: () => { throw new Error("full"); }, removeItem: () => { throw new Error("denied"); } };

  for (const saved of [new TabState("clevra", null), new TabState("clevra", full)]) {
    saved.save(NOTHING);
    saved.clear();
    expect(saved.load()).toEqual(NOTHING);
  }
});
