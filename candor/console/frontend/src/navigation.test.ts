import { beforeEach, expect, test } from "vitest";
import { openMenus } from "./navigation";

const menu = (): HTMLDetailsElement => document.querySelector("details")!;
const press = (key: string): void => {
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};

beforeEach(() => {
  document.body.innerHTML = `<details data-menu><summary tabindex="0" id="more">More</summary>
    <a href="#a" id="a">A</a><a href="#b" id="b">B</a></details><button id="away">away</button>`;
  openMenus();
});

test("the arrows open the menu and walk its links, no further than its ends", () => {
  document.getElementById("more")?.focus();
  const seen = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"].map((key) => {
    press(key);
    return document.activeElement?.id;
  });
  expect(seen).toEqual(["a", "b", "b", "a", "more", "more"]);
  expect(menu().open).toBe(true);
});

test("Escape closes it and gives the focus back", () => {
  document.getElementById("more")?.focus();
  press("ArrowDown");
  press("Escape");
  expect([menu().open, document.activeElement?.id]).toEqual([false, "more"]);
});

test("a click elsewhere closes it, one inside does not", () => {
  menu().open = true;
  document.getElementById("a")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  expect(menu().open).toBe(true);
  document.getElementById("away")?.click();
  expect(menu().open).toBe(false);
});
