import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { actions, fitting, offerPalette } from "./palette";

const go = (): void => {};
const choice = (title: string, about = "") => ({ title, about, go });

test("all words must be in the title or its other words; titles that begin with them come first", () => {
  const pages = [choice("Closed requests"), choice("Requests", "tickets"), choice("Figures", "reports charts")];
  expect(fitting("req", pages).map(({ title }) => title)).toEqual(["Requests", "Closed requests"]);
  expect(fitting("charts REPORTS", pages).map(({ title }) => title)).toEqual(["Figures"]);
  expect(fitting("drones", pages)).toEqual([]);
});

function lay(): void {
  document.body.innerHTML = `<main><button id="do">Complete</button></main><p id="said"></p><dialog id="palette"><form><input role="combobox"></form>
    <ul role="listbox"></ul><template data-finds><a href="/console/requests" data-also="tickets">Requests</a></template></dialog>`;
}

beforeAll(() => {
  lay();
  offerPalette();
});

beforeEach(() => { box().value = ""; });

const box = (): HTMLInputElement => document.querySelector("[role=combobox]") as HTMLInputElement;
const lines = (): string[] => [...document.querySelectorAll("[role=option]")].map((line) => line.firstElementChild?.textContent ?? "");
const press = (key: string): void => { box().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); };
const type = (text: string): void => { box().value = text; box().dispatchEvent(new Event("input")); };

test("arrows go round, and the box names the chosen line", () => {
  type("e");
  expect(lines()).toEqual(["Complete", "Requests"]);
  const named = ["ArrowDown", "ArrowDown", "ArrowUp"].map((key) => (press(key), box().getAttribute("aria-activedescendant")));
  expect(named).toEqual(["palette-1", "palette-0", "palette-1"]);
  expect([...document.querySelectorAll("[aria-selected=true]")].map((line) => line.id)).toEqual(["palette-1"]);
});

test("Enter does what is chosen", () => {
  const done = vi.fn();
  document.getElementById("do")?.addEventListener("click", done);
  type("complete");
  press("Enter");
  expect(done).toHaveBeenCalledOnce();
});

test("an address is looked for by a form that is posted, first of all", () => {
  const sent = vi.fn((event: Event) => event.preventDefault());
  document.querySelector("form")?.addEventListener("submit", sent);
  type("ada@example.com");
  expect(lines()).toEqual(["Find “ada@example.com”"]);
  press("Enter");
  expect(sent).toHaveBeenCalledOnce();
});

test("where nothing fits, that is said", () => {
  type("zz");
  expect([lines(), document.getElementById("said")?.textContent]).toEqual([[], "Nothing fits."]);
});

test("the buttons of the page can be chosen, but not those of single lines", () => {
  document.body.innerHTML = `<main><a class="button" href="#x">Complete <kbd>c</kbd></a><button>I take it</button><button class="plain">Keys</button>
    <button disabled>Later</button><ul data-list><li><button>Take it</button></li></ul></main>`;
  expect(actions().map(({ title }) => title)).toEqual(["Complete", "I take it"]);
});
