/** What is in sight and where the focus is, once a change is drawn. */

import type { Entry, Talk } from "./talk";

export class View {
  private shown = 0; // entries drawn last time
  private last: Entry | undefined; // the last of them: a notice that it could not be sent changes it
  private followForm = false; // the last answer was given in a form field: go on in the next one

  constructor(private readonly root: HTMLElement) {}

  isInForm(): boolean {
    return document.activeElement?.closest("candor-field") !== null && document.activeElement !== null;
  }

  isTyping(): boolean {
    return document.activeElement?.id === "input";
  }

  sent(fromForm: boolean): void {
    this.followForm = fromForm;
  }

  /** Call after each drawing. Of replies that are higher than the window, show the beginning. */
  settle(talk: Talk, waiting: boolean): void {
    const grown = talk.entries.length - this.shown;
    const first = this.shown === 0;
    this.shown = talk.entries.length;
    const from = first ? null : (this.root.querySelectorAll<HTMLElement>(".turn")[talk.entries.length - grown] ?? null);
    const last = talk.entries.at(-1);
    const changed = !first && grown === 0 && last !== this.last;
    this.last = last;
    const news = grown > 0 && !(first && grown === 1);
    // A frame later: forms and cards are elements of their own, which draw themselves after us.
    if (news || changed || waiting) requestAnimationFrame(() => this.show(news ? from : null));
    if (!waiting) requestAnimationFrame(() => this.keepFocus());
  }

  private show(from: HTMLElement | null): void {
    const last = this.root.querySelector(".log")?.lastElementChild;
    const parts = [".bar", "footer"].map((name) => this.root.querySelector<HTMLElement>(name));
    const kept = parts.filter((part) => part && getComputedStyle(part).position === "sticky");
    const room = window.innerHeight - kept.reduce((sum, part) => sum + (part?.offsetHeight ?? 0), 0);
    const high = from && last && last.getBoundingClientRect().bottom - from.getBoundingClientRect().top > room;
    if (high) from.scrollIntoView({ block: "start" });
    else window.scrollTo({ top: document.documentElement.scrollHeight });
  }

  /** A pressed button or field that is gone takes the focus with it: it goes on to the next field, or to where one types. */
  private keepFocus(): void {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost || !this.followForm) return;
    this.followForm = false;
    const fields = this.root.querySelectorAll<HTMLElement>("candor-field [name=value]");
    (fields[fields.length - 1] ?? this.root.querySelector<HTMLElement>("#input"))?.focus({ preventScroll: true });
  }
}
