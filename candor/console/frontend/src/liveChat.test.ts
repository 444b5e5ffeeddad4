import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { showLiveChat, watchLiveChats } from "./liveChat";

const form = () => document.querySelector("form") as HTMLFormElement;
const box = () => document.querySelector("textarea") as HTMLTextAreaElement;
const error = () => document.querySelector("[data-talk-error]") as HTMLElement;
const id = () => document.querySelector<HTMLInputElement>("[name=message_id]")?.value;
let submitted: ReturnType<typeof vi.fn>;

beforeAll(watchLiveChats);
beforeEach(() => {
  document.body.innerHTML = `<div id="log"><p class="said-turn" id="turn-1"></p></div><form data-talk><input name="message_id" value="first">
    <textarea name="text"></textarea><button>Send</button><p data-talk-error hidden></p></form>`;
  submitted = vi.fn();
  form().requestSubmit = submitted as never;
});

function enter(more: KeyboardEventInit = {}): boolean {
  return !box().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
}

function came(said: string, xhr: Partial<XMLHttpRequest>, successful: boolean): void {
  const detail = { elt: form(), successful, xhr: { status: 200, responseText: "", ...xhr }, requestConfig: { parameters: { text: said } } };
  document.body.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail }));
}

describe("Enter", () => {
  test("sends what is there", () => {
    box().value = "Hello";
    expect(enter()).toBe(true);
    expect(submitted).toHaveBeenCalledOnce();
  });

  test("starts a new line with Shift, and ends a word that is being composed", () => {
    box().value = "Hello";
    expect([enter({ shiftKey: true }), enter({ isComposing: true })]).toEqual([false, false]);
    expect(submitted).not.toHaveBeenCalled();
  });

  test("sends no empty message, and none while one is on its way", () => {
    box().value = " \n";
    enter();
    box().value = "Hello";
    document.querySelector("button")?.setAttribute("disabled", "");
    enter();
    expect(submitted).not.toHaveBeenCalled();
  });

  test("is a new line in other boxes", () => {
    form().removeAttribute("data-talk");
    expect(enter()).toBe(false);
  });
});

describe("what came of sending", () => {
  test("takes what was said out of the box, and no word that was typed since", () => {
    box().value = "Hello and more";
    came("Hello", {}, true);
    expect(box().value).toBe("and more");
    expect(id()).toMatch(/^[0-9a-f]{32}$/);
    expect(error().hidden).toBe(true);
  });

  test("leaves the box as it is where its beginning was changed", () => {
    box().value = "Other words";
    came("Hello", {}, true);
    expect(box().value).toBe("Other words");
  });

  test("keeps words and id where the network failed, so that it is said once", () => {
    box().value = "Hello";
    came("Hello", { status: 0 }, false);
    expect([box().value, id(), error().hidden]).toEqual(["Hello", "first", false]);
    expect(error().textContent).toContain("could not be reached");
  });

  test("gives the server's own sentence, or a plain one", () => {
    came("Hello", { status: 409, responseText: "<main><h1>Conflict</h1><p>Ada was first.</p></main>" }, false);
    expect(error().textContent).toBe("Ada was first.");
    came("Hello", { status: 500, responseText: "oops" }, false);
    expect(error().textContent).toBe("That could not be sent. Please try again.");
  });

  test("leaves everything to the page that follows where one was signed out", () => {
    box().value = "Hello";
    came("Hello", { status: 204 }, true);
    expect([box().value, id()]).toEqual(["Hello", "first"]);
  });
});

describe("new messages", () => {
  test("come once, though two looks bring them", () => {
    const fragment = document.createElement("div");
    fragment.innerHTML = '<p class="said-turn" id="turn-1"></p><p class="said-turn" id="turn-2"></p>';
    document.body.dispatchEvent(new CustomEvent("htmx:oobBeforeSwap", { detail: { target: document.getElementById("log"), fragment } }));
    expect([...fragment.children].map((line) => line.id)).toEqual(["turn-2"]);
  });

  test("leave other parts of the page alone", () => {
    const fragment = document.createElement("div");
    fragment.innerHTML = '<p class="said-turn" id="turn-1"></p>';
    document.body.dispatchEvent(new CustomEvent("htmx:oobBeforeSwap", { detail: { target: form(), fragment } }));
    expect(fragment.children).toHaveLength(1);
  });

  test("a page begins with the newest", () => {
    const log = document.getElementById("log") as HTMLElement;
    Object.defineProperty(log, "scrollHeight", { value: 900 });
    showLiveChat(document);
    expect(log.scrollTop).toBe(900);
  });
});
