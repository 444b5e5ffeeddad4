// Pages of requests: tick all.

export function tickAll(root: ParentNode): void {
  for (const label of root.querySelectorAll<HTMLLabelElement>("label[data-tick-all]")) {
    const all = label.querySelector("input");
    if (!all) continue;
    label.hidden = false;
    const boxes = () => [...document.querySelectorAll<HTMLInputElement>('input[name="pick"]')];
    all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
    document.addEventListener("change", () => {
      const ticked = boxes().filter((box) => box.checked).length;
      all.indeterminate = ticked > 0 && ticked < boxes().length;
      all.checked = ticked > 0 && ticked === boxes().length;
    });
  }
}

// Files that are put to a request: they go as soon as they are chosen, one that is too large is refused before it is sent, and how
// much has been sent is shown. Without script the form has a button.

export function takeFiles(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
    const input = form.querySelector<HTMLInputElement>('input[type="file"]');
    const button = form.querySelector<HTMLButtonElement>("[data-upload-button]");
    const progress = form.querySelector<HTMLProgressElement>("progress");
    const wrong = form.querySelector<HTMLElement>("[data-upload-wrong]");
    if (!input || !button || !progress || !wrong) continue;
    button.hidden = true;
    const say = (text: string) => { wrong.textContent = text; wrong.hidden = text === ""; };
    input.addEventListener("change", () => {
      say(tooLarge([...(input.files ?? [])], Number(form.dataset["largest"]), form.dataset["largestNamed"] ?? ""));
      if (wrong.hidden && input.files?.length) form.requestSubmit();
      else input.value = "";
    });
    form.addEventListener("htmx:xhr:progress", (event) => {
      const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
      progress.hidden = false;
      if (total > 0) progress.value = loaded / total;
    });
    form.addEventListener("htmx:sendError", () => {
      progress.hidden = true;
      say("The files did not arrive: the connection broke off. Please choose them again.");
    });
  }
}

/** What is wrong with files that were chosen; empty: nothing. */
export function tooLarge(files: readonly { name: string; size: number }[], largest: number, named: string): string {
  const over = files.find((file) => file.size > largest);
  return over ? `“${over.name}” is larger than ${named}, the most that one file may have.` : "";
}

/** A panel with files says itself what was refused, so it is shown in spite of its status. */
export function showsRefusal(target: EventTarget | null, status: number): boolean {
  return target instanceof HTMLElement && target.id === "files" && [409, 413, 422, 503].includes(status);
}

/** Ask before what cannot be undone. */
export function askWhetherSure(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-sure]") : null;
    if (button && !window.confirm(button.dataset["sure"])) event.preventDefault();
  });
}
