// Notes between staff: a colleague's name is put into the note by a button. Without this script it is typed.
import { insert } from "./replies";

export function offerColleagues(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-mention]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const box = button.form?.querySelector("textarea");
      if (box) insert(box, `${button.dataset["mention"] ?? ""} `);
    });
  }
}
