import { beforeEach, describe, expect, test, vi } from "vitest";
import { asksAgain, heardBack, keepDrafts } from "./drafts";

const DRAFT = "candor draft 7 talk c1";

/** A page of somebody with one form, as if it was just opened. */
function page(text = "", more: { person?: string; status?: number; unsent?: boolean; extra?: string } = {}): HTMLFormElement {
  const { person = "7", status = 200, unsent = false, extra = "" } = more;
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ responseStatus: status }] as unknown as PerformanceEntryList);
  if (person) document.body.dataset["person"] = person;
  else delete document.body.dataset["person"];
  document.body.innerHTML = `<form data-draft="talk c1"><textarea name="text">${text}</textarea><input type="text" name="title">
    <input type="password" name="secret"><input type="hidden" name="csrf" value="t">${extra}</form><p id="said"></p>${unsent ? "<i data-unsent></i>" : ""}`;
  keepDrafts(document);
  return document.querySelector("form") as HTMLFormElement;
}

function box(): HTMLTextAreaElement {
  return document.querySelector("textarea") as HTMLTextAreaElement;
}

function type(form: HTMLFormElement, text: string): void {
  box().value = text;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function answer(status: number, headers: Record<string, string> = {}): XMLHttpRequest {
  return { status, getResponseHeader: (name: string) => headers[name] ?? null } as unknown as XMLHttpRequest;
}

function htmxHeard(elt: Element, xhr: XMLHttpRequest): void {
  heardBack(new CustomEvent("htmx:beforeOnLoad", { detail: { elt, xhr } }));
}

beforeEach(() => {
  sessionStorage.clear();
  vi.restoreAllMocks();
});

describe("what is typed", () => {
  test("is there again after a reload, and that is said", () => {
    type(page(), "half a sentence");
    page();
    expect(box().value).toBe("half a sentence");
    expect(document.getElementById("said")?.textContent).toContain("put back");
  });

  test("is for its person alone", () => {
    type(page(), "half a sentence");
    page("", { person: "8" });
    expect(box().value).toBe("");
    page();
    expect(box().value).toBe("half a sentence");
  });

  test("is not kept where nobody is signed in", () => {
    type(page("", { person: "" }), "half a sentence");
    expect(sessionStorage.length).toBe(0);
  });

  test("is kept without passwords and hidden fields", () => {
    const form = page();
    (form.querySelector("[name=secret]") as HTMLInputElement).value = "a secret";
    type(form, "words");
    expect(JSON.parse(sessionStorage.getItem(DRAFT) ?? "[]").map((kept: { name: string }) => kept.name)).toEqual(["text", "title"]);
    expect(sessionStorage.getItem(DRAFT)).not.toContain("a secret");
  });

  test("is not put over newer words of the page", () => {
    type(page("as it was"), "mine");
    page("as others wrote it");
    expect(box().value).toBe("as others wrote it");
    expect(document.getElementById("said")?.textContent).toBe("");
  });

  test("is not put into another field of a form that has changed", () => {
    type(page(), "mine");
    document.body.innerHTML = '<form data-draft="talk c1"><textarea name="other"></textarea></form>';
    keepDrafts(document);
    expect(box().value).toBe("");
  });

  test("goes into a form that htmx brings", () => {
    type(page(), "mine");
    const part = document.createElement("div");
    part.innerHTML = '<form data-draft="talk c1"><textarea name="text"></textarea></form>';
    keepDrafts(part);
    expect(part.querySelector("textarea")?.value).toBe("mine");
  });
});

describe("a form that was posted", () => {
  function posted(): void {
    const form = page();
    type(form, "sent words");
    form.dispatchEvent(new Event("submit"));
  }

  test("has arrived where an ordinary page follows: the draft goes", () => {
    posted();
    page();
    expect(box().value).toBe("");
    expect(sessionStorage.length).toBe(0);
  });

  test.each([["a page of an error", { status: 409 }], ["a page that asks to send again", { unsent: true }]])("has not where %s follows", (_, how) => {
    posted();
    page("", how);
    expect(box().value).toBe("sent words");
    page(); // held: it goes with no later page either
    expect(box().value).toBe("sent words");
  });

  test("has not where one must sign in, and is there afterwards", () => {
    posted();
    page("", { person: "" });
    page();
    expect(box().value).toBe("sent words");
  });

  test("is on its way again when the sealed form of an earlier session is sent", () => {
    posted();
    page("", { unsent: true, extra: "" });
    document.body.insertAdjacentHTML("beforeend", "<form data-again></form>");
    keepDrafts(document);
    document.querySelector("[data-again]")?.dispatchEvent(new Event("submit"));
    page();
    expect(sessionStorage.length).toBe(0);
  });
});

describe("an answer to htmx", () => {
  test("that is well ends the draft", () => {
    const form = page();
    type(form, "words");
    htmxHeard(form, answer(200));
    expect(sessionStorage.length).toBe(0);
  });

  test("that is an error keeps it", () => {
    const form = page();
    type(form, "words");
    form.dispatchEvent(new Event("submit"));
    htmxHeard(form, answer(422));
    expect(Object.keys({ ...sessionStorage })).toEqual([DRAFT]);
  });

  test("that asks to sign in keeps it for what follows", () => {
    const form = page();
    type(form, "words");
    htmxHeard(form, answer(401, { "HX-Retarget": "body" }));
    page();
    expect(box().value).toBe("words");
  });

  test("to something without a draft does nothing", () => {
    type(page(), "words");
    htmxHeard(document.body, answer(200));
    expect(sessionStorage.getItem(DRAFT)).not.toBeNull();
  });

  test("is a whole page where it names the body, or another place", () => {
    expect(asksAgain(answer(401, { "HX-Retarget": "body" }))).toBe(true);
    expect(asksAgain(answer(204, { "HX-Redirect": "/console/me" }))).toBe(true);
    expect(asksAgain(answer(200, { "HX-Retarget": "#log" }))).toBe(false);
    expect(asksAgain(answer(200))).toBe(false);
  });
});
