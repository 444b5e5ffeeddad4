// The command palette (Ctrl-K, ⌘-K): pages, what can be done here, requests by the beginning of their number, and people.
// A combobox whose list is always open (ARIA 1.2): the focus stays in the box, and aria-activedescendant names the chosen line.
// Who is looked for is posted, never put into an address, and nothing is looked up before it is chosen.
import { shown } from "./keys";

export interface Choice { title: string; about: string; go: () => void; sends?: boolean }
interface Found { title: string; about: string; url: string }
const MOST = 12;
const WAITS = 150; // milliseconds without typing before the server is asked

export function offerPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  const box = dialog?.querySelector<HTMLInputElement>("[role=combobox]");
  const list = dialog?.querySelector<HTMLElement>("[role=listbox]");
  if (!dialog || !box || !list) return;
  const palette = new Palette(dialog, box, list);
  for (const button of document.querySelectorAll<HTMLElement>("[data-palette-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => palette.open());
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey || event.metaKey === event.ctrlKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else palette.open();
  });
}

class Palette {
  private choices: Choice[] = [];
  private at = 0;
  private asked = 0;
  private timer = 0;
  private readonly pages: Found[];
  private readonly finds: boolean;

  constructor(private readonly dialog: HTMLDialogElement, private readonly box: HTMLInputElement, private readonly list: HTMLElement) {
    const template = dialog.querySelector<HTMLTemplateElement>("template");
    this.finds = template?.dataset["finds"] !== undefined;
    this.pages = [...(template?.content.querySelectorAll("a") ?? [])].map((link) => ({
      title: link.textContent ?? "", about: link.dataset["also"] ?? "", url: link.getAttribute("href") ?? "",
    }));
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => this.pressed(event));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  open(): void {
    if (document.querySelector("dialog[open]")) return;
    this.box.value = "";
    this.dialog.showModal();
    this.show([]);
  }

  private typed(): void {
    this.show([]);
    clearTimeout(this.timer);
    const typed = this.box.value.trim();
    const turn = ++this.asked;
    if (!this.finds || !/^r/i.test(typed)) return;
    this.timer = window.setTimeout(() => void look(typed).then((found) => { if (turn === this.asked) this.show(found); }), WAITS);
  }

  private show(requests: Found[]): void {
    const typed = this.box.value.trim();
    const go = (url: string) => () => location.assign(url);
    const found = requests.map(({ title, about, url }) => ({ title, about, go: go(url) }));
    const doable = fitting(typed, actions());
    const pages = fitting(typed, this.pages.map(({ title, about, url }) => ({ title, about, go: go(url) })))
      .map((choice) => ({ ...choice, about: "Page" }));
    const person = this.finds && typed.length > 2 ? [{ title: `Find “${typed}”`, about: "A person, a request or a conversation", go: () => this.find(), sends: true }] : [];
    const looksLikeAPerson = /[@\d]/.test(typed);
    this.choices = [...found, ...(looksLikeAPerson ? person : []), ...doable, ...pages].slice(0, MOST).concat(looksLikeAPerson ? [] : person);
    this.at = 0;
    this.list.replaceChildren(...this.choices.map((choice, place) => this.line(choice, place)));
    this.choose(0);
    const said = document.getElementById("said");
    if (said) said.textContent = this.choices.length === 0 ? "Nothing fits." : "";
  }

  private line(choice: Choice, place: number): HTMLElement {
    const line = document.createElement("li");
    line.id = `palette-${place}`;
    line.setAttribute("role", "option");
    const title = document.createElement("span");
    title.textContent = choice.title;
    const about = document.createElement("span");
    about.className = "quiet small";
    about.textContent = choice.about;
    line.append(title, " ", about);
    line.addEventListener("click", () => this.take(place));
    line.addEventListener("pointermove", () => this.choose(place));
    return line;
  }

  private pressed(event: KeyboardEvent): void {
    const last = this.choices.length - 1;
    const to: Record<string, number> = {
      ArrowDown: this.at === last ? 0 : this.at + 1, ArrowUp: this.at === 0 ? last : this.at - 1, PageDown: last, PageUp: 0,
    };
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.take(this.at);
    } else if (event.key in to) {
      event.preventDefault();
      this.choose(to[event.key] ?? 0);
    }
  }

  private choose(place: number): void {
    this.at = place;
    for (const [each, line] of [...this.list.children].entries()) line.setAttribute("aria-selected", String(each === place));
    const line = this.list.children[place];
    if (line) this.box.setAttribute("aria-activedescendant", line.id);
    else this.box.removeAttribute("aria-activedescendant");
    line?.scrollIntoView({ block: "nearest" });
  }

  private take(place: number): void {
    const choice = this.choices[place];
    if (!choice) return;
    if (!choice.sends) this.dialog.close(); // a form in a closed dialog is sent by nobody
    choice.go();
  }

  private find(): void {
    this.box.form?.requestSubmit();
  }
}

/** What can be done on this page: its buttons, but for those of single lines of a list. */
export function actions(): Choice[] {
  const buttons = [...document.querySelectorAll<HTMLElement>("main a.button, main button:not(.plain)")];
  return buttons.filter((button) => !button.closest("[data-list], dialog, [hidden]") && !(button as HTMLButtonElement).disabled && shown(button))
    .map((button) => ({ title: name(button), about: "Here", go: () => { button.click(); button.focus(); } }))
    .filter((choice) => choice.title !== "" && choice.title.length < 60);
}

/** Those whose title or other words hold all the words typed; titles that begin with them first. */
export function fitting(typed: string, choices: Choice[]): Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = choices.filter(({ title, about }) => words.every((word) => `${title} ${about}`.toLowerCase().includes(word)));
  const begins = ({ title }: Choice): boolean => title.toLowerCase().startsWith(typed.toLowerCase());
  return [...fits.filter(begins), ...fits.filter((choice) => !begins(choice))];
}

function name(button: HTMLElement): string {
  const copy = button.cloneNode(true) as HTMLElement;
  for (const key of copy.querySelectorAll("kbd, .quiet")) key.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

async function look(typed: string): Promise<Found[]> {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  try {
    const answered = await fetch("/console/palette", { method: "POST", headers, body: new URLSearchParams({ q: typed }), redirect: "error" });
    return answered.ok ? ((await answered.json()) as Found[]) : [];
  } catch {
    return []; // out of reach, or signed out: what is on the page can still be chosen
  }
}
