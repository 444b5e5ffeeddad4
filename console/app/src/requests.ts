// What pages of requests do by themselves: drop a draft that has arrived, and tick all.
import { dropDraft } from "./drafts";

/** Before drafts are restored: what a page says has arrived is no draft any more. */
export function dropArrived(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-arrived]")) dropDraft(element.dataset["arrived"] ?? "");
}

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
