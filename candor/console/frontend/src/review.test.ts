import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { filterPassages, listenToReviewKeys } from "./review";

let clicked: string[];

function lay(): void {
  document.body.innerHTML = `<dialog class="keys"></dialog><div data-turn></div><button data-review-key="1" id="right">Right</button>
    <label><input type="checkbox" id="tick"></label><textarea id="note" data-review-key="n"></textarea><input id="search">`;
  clicked = [];
  document.getElementById("right")?.addEventListener("click", () => clicked.push("right"));
}

function press(key: string, on: Element = document.body, more: KeyboardEventInit = {}): boolean {
  return !on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

describe("keys of the queue", () => {
  beforeAll(() => {
    lay();
    Element.prototype.scrollIntoView = vi.fn();
    listenToReviewKeys();
  });
  beforeEach(lay);

  test("press the control that carries them, also from a tick box", () => {
    expect(press("1")).toBe(true);
    expect(press("1", document.getElementById("tick") as Element)).toBe(true);
    expect(clicked).toEqual(["right", "right"]);
  });

  test("lead to the note, and Escape leaves it", () => {
    const note = document.getElementById("note") as HTMLTextAreaElement;
    press("n");
    expect(document.activeElement).toBe(note);
    press("Escape", note);
    expect(document.activeElement).not.toBe(note);
  });

  test.each(["note", "search"])("are letters while somebody writes into #%s", (id) => {
    expect(press("1", document.getElementById(id) as Element)).toBe(false);
    expect(clicked).toEqual([]);
  });

  test("do nothing when held, with Ctrl, or where nobody carries them", () => {
    expect([press("1", document.body, { repeat: true }), press("1", document.body, { ctrlKey: true }), press("x")]).toEqual([false, false, false]);
    expect(clicked).toEqual([]);
  });
});

describe("the filter of passages", () => {
  beforeEach(() => {
    document.body.innerHTML = `<input data-filters="list" id="field"><input type="radio" name="answer" value="passages">
      <div id="list"><section data-filtered-group id="keep"><h3>Retention</h3><p class="lead-in">We keep:</p>
      <label data-filtered id="a"><input type="checkbox">Invoices for ten years</label><label data-filtered id="b"><input type="checkbox">Logs for a week</label></section>
      <section data-filtered-group id="sell"><h3>Selling</h3><label data-filtered id="c"><input type="checkbox">We never sell</label></section></div>`;
    filterPassages(document);
  });

  const hidden = () => ["keep", "a", "b", "sell", "c"].filter((id) => document.getElementById(id)?.hidden);
  const filter = (words: string) => {
    const field = document.getElementById("field") as HTMLInputElement;
    field.value = words;
    field.dispatchEvent(new Event("input"));
  };

  test("leaves what holds all the words, of the passage or its heading", () => {
    filter("RETENTION  years");
    expect(hidden()).toEqual(["b", "sell", "c"]);
    expect(document.querySelector<HTMLElement>(".lead-in")?.hidden).toBe(true);
    filter("");
    expect(hidden()).toEqual([]);
  });

  test("keeps what is ticked in sight, and ticking one says how to answer", () => {
    const tick = document.querySelector<HTMLInputElement>("#c input") as HTMLInputElement;
    tick.checked = true;
    tick.dispatchEvent(new Event("change", { bubbles: true }));
    filter("invoices");
    expect(hidden()).toEqual(["b"]);
    expect(document.querySelector<HTMLInputElement>("[name=answer]")?.checked).toBe(true);
  });
});
