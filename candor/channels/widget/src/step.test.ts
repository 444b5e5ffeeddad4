import { expect, test } from "vitest";
import type { AskedField, Reply } from "./api";
import { choicesOf, hasField, listed } from "./step";

const places = (count: number) => Array.from({ length: count }, (_, number) => ({ value: `place ${number}`, label: `Place ${number}` }));
const step = (form: AskedField, buttons: Reply["buttons"] = []): Reply => ({ kind: "request", text: "", form, buttons });
const REST = { title: "Rather not say", payload: "I'd rather not say" };

test("many places are a list, two are buttons", () => {
  const many = step({ field: "residence", options: places(300), skippable: true }, [REST]);
  const two = step({ field: "residence", options: places(2), skippable: true });

  expect(hasField(many)).toBe(true);
  expect(choicesOf(many, true)).toEqual([REST]);
  expect(hasField(two)).toBe(false);
  expect(choicesOf(two, true).map((choice) => choice.payload)).toEqual(["place 0", "place 1"]);
});

test("a way around a question is a button beside its field, once", () => {
  const skip = { value: "no details", label: "No details" };
  const twice = step({ field: "details", options: [skip], skippable: true }, [{ title: "No details", payload: "no details" }]);
  const once = step({ field: "details", options: [skip], skippable: true });

  for (const reply of [twice, once]) expect(choicesOf(reply, true)).toEqual([{ title: "No details", payload: "no details" }]);
  expect(choicesOf(once, false)).toEqual([]);
});

test("a yes or no is asked by its buttons alone", () => {
  const reply = step({ field: "agreed", options: [{ value: "yes", label: "Yes" }], skippable: false }, [{ title: "Yes, open it", payload: "yes" }]);

  expect(hasField(reply)).toBe(false);
  expect(choicesOf(reply, true)).toEqual([{ title: "Yes, open it", payload: "yes" }]);
});

test("what has a button is not in the list as well", () => {
  const asked: AskedField = { field: "residence", options: [...places(8), { value: REST.payload, label: REST.title }], skippable: true };

  expect(listed(asked, [REST])).toHaveLength(8);
});
