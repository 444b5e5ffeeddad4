import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { insert, offerSavedReplies, showFind } from "./replies";

const TEXTS = { "Good day": "Good day,\nthank you.", "Which account": "Which one do you mean?", Mail: "I answer by mail." };
const box = () => document.querySelector("textarea") as HTMLTextAreaElement;
const details = () => document.querySelector("details") as HTMLDetailsElement;
const find = () => document.querySelector("[data-saved-find]") as HTMLInputElement;
const button = (title: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === title) as HTMLButtonElement;
const shown = () => [...document.querySelectorAll<HTMLElement>("li:not([hidden])")].map((row) => row.textContent);
let drafts: string[];
let submitted: number;

beforeAll(offerSavedReplies);
beforeEach(() => {
  const rows = Object.entries(TEXTS).map(([title, text]) => `<li><button name="insert" data-saved-text="${text}"><strong>${title}</strong></button></li>`);
  document.body.innerHTML = `<form><details open data-saved-replies><summary>Saved replies</summary><input type="search" data-saved-find hidden>
    <ul>${rows.join("")}</ul><p data-saved-none hidden></p></details><textarea></textarea><p data-saved-said></p></form><p id="elsewhere"></p>`;
  showFind(document);
  [drafts, submitted] = [[], 0];
  box().addEventListener("input", () => drafts.push(box().value));
  document.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    submitted += 1;
  });
});

function press(key: string, on: Element = document.activeElement ?? document.body): boolean {
  return !on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function look(words: string): void {
  find().value = words;
  find().dispatchEvent(new Event("input", { bubbles: true }));
}

function cursorAt(start: number, end = start): void {
  box().focus();
  box().dispatchEvent(new Event("pointerdown", { bubbles: true }));
  box().setSelectionRange(start, end);
}

describe("a text that is chosen", () => {
  test("goes into an empty box as it is, is kept as a draft, and is not sent", () => {
    button("Good day").click();
    expect([box().value, drafts, submitted]).toEqual(["Good day,\nthank you.", ["Good day,\nthank you."], 0]);
    expect([details().open, document.activeElement === box()]).toEqual([false, true]);
    expect(document.querySelector("[data-saved-said]")?.textContent).toContain("“Good day” is in the box");
  });

  test("goes to the cursor, in place of what is selected, and the cursor stands behind it", () => {
    box().value = "Hello old Bye";
    cursorAt(6, 9);
    button("Mail").click();
    expect(box().value).toBe("Hello I answer by mail. Bye");
    expect(box().selectionStart).toBe("Hello I answer by mail.".length);
  });

  test("is set apart from a word before it", () => {
    box().value = "Hello";
    cursorAt(5);
    button("Mail").click();
    expect(box().value).toBe("Hello I answer by mail.");
  });

  test("goes to the end of a box in which nobody has been", () => {
    box().value = "As it came back.\n";
    box().focus(); // by the page itself
    box().setSelectionRange(0, 0);
    button("Mail").click();
    expect(box().value).toBe("As it came back.\nI answer by mail.");
  });

  test("is not cut off where there is no room: nothing is changed, and that is said", () => {
    box().maxLength = 20;
    box().value = "Hello";
    button("Good day").click();
    expect([box().value, drafts]).toEqual(["Hello", []]);
    expect(document.querySelector("[data-saved-said]")?.textContent).toContain("no room left for “Good day”");
  });

  test("may take the room of what is selected", () => {
    box().maxLength = 20;
    box().value = "x".repeat(20);
    cursorAt(0, 20);
    expect(insert(box(), TEXTS.Mail)).toBe(true);
    expect(box().value).toBe(TEXTS.Mail);
  });

  test("is put in so that it can be undone, where the browser can", () => {
    const command = vi.fn(() => true);
    Object.assign(document, { execCommand: command });
    button("Mail").click();
    Object.assign(document, { execCommand: undefined });
    expect(command).toHaveBeenCalledExactlyOnceWith("insertText", false, TEXTS.Mail);
  });
});

describe("looking for one", () => {
  test("is offered with this script only", () => expect(find().hidden).toBe(false));

  test("leaves those with all the words, of title or text", () => {
    look("WHICH mean");
    expect(shown()).toEqual(["Which account"]);
    look("nothing");
    expect(document.querySelector<HTMLElement>("[data-saved-none]")?.hidden).toBe(false);
    look("");
    expect(shown()).toHaveLength(3);
  });

  test("Enter takes the first that is left, and sends no form", () => {
    look("mail");
    expect(press("Enter", find())).toBe(true);
    expect([box().value, submitted]).toEqual([TEXTS.Mail, 0]);
  });

  test("Enter takes nothing where nothing is left", () => {
    look("nothing");
    expect(press("Enter", find())).toBe(true);
    expect([box().value, submitted, details().open]).toEqual(["", 0, true]);
  });
});

describe("keys", () => {
  test("go down and up between those in sight, and back to the field", () => {
    look("m"); // Which one do you mean?, I answer by mail.
    find().focus();
    const seen = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"].map((key) => (press(key), document.activeElement?.textContent));
    expect(seen).toEqual(["Which account", "Mail", "Mail", "Which account", ""]);
    expect(document.activeElement).toBe(find());
  });

  test("Escape closes the list and goes back to where it was opened", () => {
    find().focus();
    expect(press("Escape")).toBe(true);
    expect([details().open, document.activeElement?.tagName]).toEqual([false, "SUMMARY"]);
  });

  test("are left alone elsewhere", () => {
    expect(press("ArrowDown", box())).toBe(false);
    expect(press("a", find())).toBe(false);
  });
});

test("a click elsewhere closes the list", () => {
  document.getElementById("elsewhere")?.click();
  expect(details().open).toBe(false);
});

test("an opened list begins anew, in its field", () => {
  look("mail");
  details().dispatchEvent(new Event("toggle"));
  expect([find().value, shown().length, document.activeElement === find()]).toEqual(["", 3, true]);
});
