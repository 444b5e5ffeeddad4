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
