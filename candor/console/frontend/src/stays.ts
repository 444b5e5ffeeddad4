// What somebody unfolds stays unfolded on the next page of its kind, in this browser: <details data-stays="name">.
export function keepUnfolded(root: ParentNode): void {
  for (const details of root.querySelectorAll<HTMLDetailsElement>("details[data-stays]")) {
    const key = `candor unfolded ${details.dataset["stays"]}`;
    if (localStorage.getItem(key)) details.open = true;
    const summary = details.querySelector("summary");
    summary?.addEventListener("click", () => { // a click on the summary, not a page that opens it
      if (details.open) localStorage.removeItem(key);
      else localStorage.setItem(key, "yes");
    });
  }
}
