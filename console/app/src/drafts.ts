// What somebody types into a form with data-draft is kept in this tab until it was sent, so that a session that ends in
// the middle, or a closed lid, loses nothing. It is kept for one person: the next one at this browser does not see it.
const PREFIX = "candor draft ";

export function keepDrafts(root: ParentNode): void {
  const person = document.body.dataset["person"];
  if (!person) return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const key = `${PREFIX}${person} ${form.dataset["draft"]}`;
    restore(form, sessionStorage.getItem(key));
    form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(texts(form))));
    form.addEventListener("submit", () => sessionStorage.setItem(`${key} sent`, ""));
  }
}

/** Called by a page that says that what was sent has arrived. */
export function dropDraft(name: string): void {
  sessionStorage.removeItem(`${PREFIX}${document.body.dataset["person"]} ${name}`);
}

function texts(form: HTMLFormElement): Record<string, string> {
  const fields = [...form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>("textarea[name], input[type=text][name]")];
  return Object.fromEntries(fields.map((field) => [field.name, field.value]));
}

function restore(form: HTMLFormElement, kept: string | null): void {
  if (kept === null) return;
  const values = JSON.parse(kept) as Record<string, string>;
  for (const field of form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>("textarea[name], input[type=text][name]")) {
    const value = values[field.name];
    // A field that comes filled in says with data-draft-wins that what was typed into it is newer.
    if (value !== undefined && (field.value === "" || "draftWins" in field.dataset)) field.value = value;
  }
}
