import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { listenForKeys } from "./keys";

function press(key: string, on: Element = document.body, more: KeyboardEventInit = {}): boolean {
  return !on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

function focused(): string {
  return document.activeElement?.id ?? "";
}

function lay(): void {
  document.body.innerHTML = `<input type="search" id="search" value="old words"><a data-key="u" id="up" href="#up"></a>
    <a class="talk-link" id="a" href="#a">a</a><a class="talk-link" id="b" href="#b">b</a><div class="turns"><p class="turn" id="c" tabindex="-1">c</p></div>
    <textarea id="box"></textarea><button data-keys hidden id="keys"></button><dialog class="keys"></dialog>`;
}

beforeAll(() => {
  lay();
  listenForKeys();
});

beforeEach(lay);

test("j and k go through the rows and stop at their ends", () => {
  const seen = ["j", "j", "j", "j", "k", "k", "k"].map((key) => (press(key), focused()));
  expect(seen).toEqual(["a", "b", "c", "c", "b", "a", "a"]);
});

test("k begins at the end where no row is chosen", () => {
  expect(press("k")).toBe(true);
  expect(focused()).toBe("c");
});

test("the slash goes to the search, and is not typed there", () => {
  expect(press("/")).toBe(true);
  expect(focused()).toBe("search");
});

test("u presses the way back, and the question mark opens the help", () => {
  const [up, help] = [vi.fn((event: Event) => event.preventDefault()), vi.fn()];
  document.getElementById("up")?.addEventListener("click", up);
  (document.querySelector("dialog") as HTMLDialogElement).showModal = help;
  expect([press("u"), press("?")]).toEqual([true, true]);
  expect([up.mock.calls.length, help.mock.calls.length]).toEqual([1, 1]);
});

test.each(["search", "box"])("nothing happens while somebody types into #%s", (id) => {
  expect(press("j", document.getElementById(id) as Element)).toBe(false);
  expect(focused()).toBe("");
});

test.each([{ ctrlKey: true }, { metaKey: true }, { altKey: true }])("the browser's own keys stay its own: %o", (held) => {
  expect(press("k", document.body, held)).toBe(false);
  expect(focused()).toBe("");
});

test("nothing happens behind an open dialog", () => {
  document.querySelector("dialog")?.setAttribute("open", "");
  expect(press("j")).toBe(false);
});

test("a page without rows, search or way back leaves the keys alone", () => {
  document.body.innerHTML = "";
  expect(["j", "k", "/", "u", "?", "x"].map((key) => press(key))).toEqual([false, false, false, false, false, false]);
});

test("rows of any marked list are walked, by their link, and heads of groups are left out", () => {
  document.body.innerHTML = `<table data-list><tbody><tr><th scope="rowgroup">Now</th></tr><tr><td><button id="other"></button><a data-row-link id="one" href="#one"></a></td></tr>
    <tr id="bare"><td>nothing to open</td></tr></tbody></table><ul data-list><li><input><a id="two" href="#two"></a></li></ul>`;
  const seen = ["j", "j", "j"].map((key) => (press(key), focused()));
  expect(seen).toEqual(["one", "bare", "two"]);
});

test("where the page has no search, the slash goes to the box that finds people, past its hidden fields", () => {
  document.body.innerHTML = '<form class="find-person"><input type="hidden"><input type="text" id="who"></form>';
  expect(press("/")).toBe(true);
  expect(focused()).toBe("who");
});
