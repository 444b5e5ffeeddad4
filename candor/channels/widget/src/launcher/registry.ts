/** All widgets of one page, and window.Candor, with which the page controls them. */

import type { OpenedTicket } from "../bridge";
import { launcher as de } from "../texts/de";
import { launcher as en, type LauncherTexts } from "../texts/en";
import type { Options } from "./options";
import { plain } from "./plain";
import { Widget } from "./widget";
import { SMALL } from "./looks";

export interface Events {
  ticket: OpenedTicket;
  open: { readonly company: string };
  close: { readonly company: string };
}

const WORDS = plain<Record<string, LauncherTexts>>({ de, en });

/** The launcher's words in a language such as "de" or "de-CH"; in English where it has none in that language. */
export const wordsIn = (lang: string): LauncherTexts => WORDS[lang.split("-")[0] ?? ""] ?? en;

type Listener = (about: unknown) => void;

export class Registry {
  private readonly widgets: Widget[] = [];
  private readonly listeners: { readonly name: string; readonly callback: Listener }[] = [];
  private readonly observer = new MutationObserver(() => this.reattach());

  /** A second script tag for the same company changes nothing, but puts back what the page has removed. */
  add(options: Options): void {
    const known = this.find(options.company);
    if (known) {
      known.attach();
      return;
    }
    const widget = new Widget(options, wordsIn(options.lang), {
      ticket: (ticket) => this.emit("ticket", ticket),
      opened: () => this.emit("open", plain({ company: options.company })),
      closed: () => this.emit("close", plain({ company: options.company })),
    }, this.widgets.length);
    this.widgets[this.widgets.length] = widget;
    this.reattach();
    // Never covering a small screen, and never taking the focus: nobody has asked for it.
    if (options.open && !window.matchMedia(SMALL).matches) widget.open(true);
  }

  /** What the page may call. Without a company, the first widget of the page is meant. */
  readonly api = Object.freeze(plain({
    open: (company?: string) => this.find(company)?.open(),
    close: (company?: string) => this.find(company)?.close(),
    ask: (text: string, company?: string) => this.find(company)?.ask(String(text)),
    on: <Name extends keyof Events>(name: Name, callback: (about: Events[Name]) => void) => this.listen(name, callback as Listener),
    onTicket: (callback: (ticket: OpenedTicket) => void) => this.listen("ticket", callback as Listener),
    remove: (company?: string) => this.remove(company),
  }));

  private find(company?: string): Widget | undefined {
    for (let place = 0; place < this.widgets.length; place++) {
      const widget = this.widgets[place];
      if (company === undefined || widget?.options.company === company) return widget;
    }
    return undefined;
  }

  private remove(company?: string): void {
    const widget = this.find(company);
    if (!widget) return;
    this.widgets.splice(this.widgets.indexOf(widget), 1);
    widget.remove();
  }

  private listen(name: string, callback: Listener): () => void {
    const one = plain({ name, callback });
    this.listeners[this.listeners.length] = one;
    return () => {
      const place = this.listeners.indexOf(one);
      if (place >= 0) this.listeners.splice(place, 1);
    };
  }

  private emit(name: keyof Events, about: unknown): void {
    for (let place = 0; place < this.listeners.length; place++) {
      const one = this.listeners[place];
      if (one?.name === name) one.callback(about);
    }
  }

  /** Put widgets back: single-page applications remove what they have not rendered, or replace the whole body. */
  private reattach(): void {
    this.observer.disconnect();
    for (let place = 0; place < this.widgets.length; place++) this.widgets[place]?.attach();
    this.observer.observe(document.documentElement, plain({ childList: true }));
    this.observer.observe(document.body, plain({ childList: true }));
  }
}
