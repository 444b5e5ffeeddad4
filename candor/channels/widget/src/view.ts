/** Scroll and set the focus after a change has been rendered. */

import { unsentOf, type Entry, type Transcript } from "./transcript";

export class View {
  private shown = 0; // entries rendered last time
  private last: Entry | undefined; // the last of them
  private unsent: Entry | null = null; // a message that could not be sent changes where it stands
  private followForm = false; // the last answer was given in a form field: focus the next one

  constructor(private readonly root: HTMLElement) {}

  isInForm(): boolean {
    return document.activeElement !== null && document.activeElement.closest("candor-field, .card") !== null;
  }

  isTyping(): boolean {
    return document.activeElement?.id === "input";
  }

  sent(fromForm: boolean): void {
    this.followForm = fromForm;
  }

  /** Call after each rendering. Of replies that are taller than the window, show the beginning. */
  settle(transcript: Transcript, waiting: boolean): void {
    const grown = transcript.entries.length - this.shown;
    const first = this.shown === 0;
    this.shown = transcript.entries.length;
    const from = first ? null : (this.root.querySelectorAll<HTMLElement>(".turn")[transcript.entries.length - grown] ?? null);
    const last = transcript.entries.at(-1);
    const unsent = unsentOf(transcript);
    const changed = !first && grown === 0 && (last !== this.last || (unsent !== null && unsent !== this.unsent));
    this.last = last;
    this.unsent = unsent;
    const news = grown > 0 && !(first && grown === 1);
    // A frame later, because forms and cards are elements of their own, which render after us.
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

  /** When a pressed button or field disappears, move the focus to the next field, or to the input. */
  private keepFocus(): void {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost || !this.followForm) return;
    this.followForm = false;
    const fields = this.root.querySelectorAll<HTMLElement>("candor-field [name=value]");
    const touch = matchMedia("(pointer: coarse)").matches; // there the input would bring up a keyboard that covers the reply
    const replies = this.root.querySelectorAll<HTMLElement>(".reply");
    const next = fields[fields.length - 1] ?? (touch ? replies[replies.length - 1] : this.root.querySelector<HTMLElement>("#input"));
    next?.focus({ preventScroll: true });
  }
}
