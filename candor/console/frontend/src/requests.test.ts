import { beforeEach, expect, test } from "vitest";
import { tickAll } from "./requests";

const boxes = () => [...document.querySelectorAll<HTMLInputElement>("input[name=pick]")];
const all = () => document.querySelector("label input") as HTMLInputElement;

function tick(box: HTMLInputElement, checked: boolean): void {
  box.checked = checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

beforeEach(() => {
  document.body.innerHTML = '<label data-tick-all hidden><input type="checkbox"></label><input type="checkbox" name="pick"><input type="checkbox" name="pick">';
  tickAll(document);
});

test("the box for all is there with the script alone", () => expect(document.querySelector("label")?.hidden).toBe(false));

test("it ticks all and none", () => {
  tick(all(), true);
  expect(boxes().map((box) => box.checked)).toEqual([true, true]);
  tick(all(), false);
  expect(boxes().map((box) => box.checked)).toEqual([false, false]);
});

test("it shows whether some, all or none are ticked", () => {
  const states = ([[0, true], [1, true], [0, false], [1, false]] as const).map(([at, checked]) => {
    tick(boxes()[at] as HTMLInputElement, checked);
    return [all().checked, all().indeterminate];
  });
  expect(states).toEqual([[false, true], [true, false], [false, true], [false, false]]);
});
