// What somebody types into a form with data-draft is kept in this tab until it has arrived, so that a session that ends in the
// middle loses nothing. A draft belongs to one person: the next one at this browser does not see it.
//
// A posted form is on its way ("sent"). The next page shows what became of it: an ordinary page means that it arrived, and the
// draft is removed; an error page, or one that asks to send it again (data-unsent), means that it did not.
const PREFIX = "candor draft ";
const SENT = "candor sent ";
const TEXTS = "textarea[name], input[name]:not([type]), input[name][type=text]";

type Field = HTMLTextAreaElement | HTMLInputElement;
type Kept = { name: string; base: string; value: string };
type Way = "sent" | "held"; // on its way, or come back to be sent again

export function keepDrafts(root: ParentNode): void {
  const person = document.body.dataset["person"];
  if (root === document) settle(person);
  if (!person) return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const key = draftKey(person, form);
    restore(form, sessionStorage.getItem(key));
    form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(texts(form))));
    form.addEventListener("submit", () => mark(key, "sent"));
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-again]")) {
    form.addEventListener("submit", () => { for (const [key] of marks(person)) mark(key, "sent"); });
  }
}

/** For htmx, whose answers are not new pages. Called before an answer is swapped in. */
export function heardBack(event: Event): void {
  const { elt, xhr } = (event as CustomEvent<{ elt: Element; xhr: XMLHttpRequest }>).detail;
  const form = elt.closest<HTMLFormElement>("form[data-draft]");
  const person = document.body.dataset["person"];
  if (!form || !person) return;
  const arrived = xhr.status >= 200 && xhr.status < 400 && !asksAgain(xhr);
  if (arrived) sessionStorage.removeItem(draftKey(person, form));
  sessionStorage.removeItem(SENT + draftKey(person, form));
  if (!arrived && asksAgain(xhr)) mark(draftKey(person, form), "held");
}

/** Whether htmx was answered with a whole page: one to sign in, or one to send again. */
export function asksAgain(xhr: XMLHttpRequest): boolean {
  return xhr.getResponseHeader("HX-Retarget") === "body" || (xhr.getResponseHeader("HX-Redirect") ?? "") !== "";
}

function settle(person: string | undefined): void {
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const failed = !person || (page?.responseStatus ?? 200) >= 400 || document.querySelector("[data-unsent]") !== null;
  for (const [key, way] of marks(person)) {
    if (failed) mark(key, "held");
    else {
      if (way === "sent") sessionStorage.removeItem(key);
      sessionStorage.removeItem(SENT + key);
    }
  }
}

function draftKey(person: string, form: HTMLFormElement): string {
  return `${PREFIX}${person} ${form.dataset["draft"]}`;
}

function mark(key: string, way: Way): void {
  sessionStorage.setItem(SENT + key, way);
}

/** The states of this person's drafts; of everybody's where nobody is signed in. */
function marks(person: string | undefined): [string, Way][] {
  const begin = SENT + PREFIX + (person ? `${person} ` : "");
  return Object.entries({ ...sessionStorage } as Record<string, Way>).filter(([key]) => key.startsWith(begin))
    .map(([key, way]) => [key.slice(SENT.length), way]);
}

function texts(form: HTMLFormElement): Kept[] {
  return fields(form).map((field) => ({ name: field.name, base: field.defaultValue, value: field.value }));
}

/** Only into fields that still hold what they held when the draft was begun: newer text of others is not overwritten. */
function restore(form: HTMLFormElement, kept: string | null): void {
  if (kept === null) return;
  const found = JSON.parse(kept) as Kept[];
  let back = false;
  for (const [place, field] of fields(form).entries()) {
    const draft = found[place];
    if (!draft || draft.name !== field.name || draft.value === draft.base || field.value !== draft.base) continue;
    field.value = draft.value;
    back = true;
  }
  const said = document.getElementById("said");
  if (back && said) said.textContent = "What you had typed was put back.";
}

function fields(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>(TEXTS)];
}
