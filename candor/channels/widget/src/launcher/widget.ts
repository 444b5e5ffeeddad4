/** One company's button on a page, and the panel with the chat that it opens. */

import { chatAddress, isFrom, type OpenedTicket, type ToChat, type ToPage } from "../bridge";
import type { LauncherTexts } from "../texts/en";
import { LOOKS, SMALL } from "./looks";
import { inkOn, isRightToLeft, type Options } from "./options";
import { make, plain } from "./plain";

const PATIENCE = 15_000; // milliseconds until a chat that sends no message counts as not loaded
const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M4 5.5C4 4.7 4.7 4 5.5 4h13c.8 0 1.5.7 1.5 1.5v9c0 .8-.7 1.5-1.5 1.5H12l-4.5 4v-4h-2c-.8 0-1.5-.7-1.5-1.5zM8 8.5h8M8 11.5h5";

export interface WidgetEvents {
  ticket(ticket: OpenedTicket): void;
  opened(): void;
  closed(): void;
}

export class Widget {
  readonly element = document.createElement("candor-widget");
  private readonly button = make("button", "open");
  private readonly panel = make("dialog");
  private readonly wait = make("div", "wait");
  private readonly status = make("p");
  private readonly again = make("button");
  private readonly small = window.matchMedia(SMALL);
  private frame: HTMLIFrameElement | null = null;
  private ready = false;
  private before: Element | null = null; // the element that had the focus before the chat was opened
  private timer = 0;
  private unread = 0; // messages of a person that arrived while the panel was closed
  private readonly badge = make("span", "badge");
  private readonly asked: string[] = [];

  constructor(readonly options: Options, private readonly words: LauncherTexts, private readonly events: WidgetEvents, place: number) {
    const root = this.element.attachShadow(plain({ mode: "open" }));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOKS);
    root.adoptedStyleSheets = [sheet];
    const around = make("div", options.side);
    around.lang = options.lang;
    around.dir = isRightToLeft(options.lang) ? "rtl" : "ltr";
    around.style.setProperty("--place", String(place));
    if (options.colour) {
      around.style.setProperty("--colour", options.colour);
      around.style.setProperty("--ink", inkOn(options.colour));
    }
    this.fillButton(place);
    this.fillPanel();
    around.append(this.button, this.panel);
    root.append(around);
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && this.isOpen && this.close());
    this.panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.small.addEventListener("change", () => this.isOpen && this.show());
    window.addEventListener("message", this.receive);
  }

  get isOpen(): boolean {
    return this.panel.open;
  }

  /** `quietly`: do not take the focus, for a chat that opens by itself. */
  open(quietly = false): void {
    if (this.isOpen) return;
    this.before = document.activeElement;
    if (!this.frame) this.load();
    this.show();
    this.button.setAttribute("aria-expanded", "true");
    this.count(0);
    if (quietly) (this.before as HTMLElement | null)?.focus?.();
    else this.enter();
    this.events.opened();
  }

  close(): void {
    if (!this.isOpen) return;
    this.panel.close();
    this.button.setAttribute("aria-expanded", "false");
    const back = this.before as HTMLElement | null;
    if (back && back !== document.body && back !== this.element && back.isConnected) back.focus();
    else this.button.focus();
    this.events.closed();
  }

  ask(text: string): void {
    this.asked[this.asked.length] = text;
    this.open();
    if (this.ready) this.pass();
  }

  /** Put back what the page has removed; the frame reloads, and the chat continues where it was. */
  attach(): void {
    if (this.element.isConnected) return;
    this.ready = false;
    document.body.append(this.element);
    if (this.frame) this.expect();
  }

  remove(): void {
    window.clearTimeout(this.timer);
    window.removeEventListener("message", this.receive);
    this.element.remove();
  }

  private fillButton(place: number): void {
    const { words, options } = this;
    this.button.type = "button";
    this.button.setAttribute("aria-haspopup", "dialog");
    this.button.setAttribute("aria-expanded", "false");
    const icon = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    for (const [name, value] of [["viewBox", "0 0 24 24"], ["width", "24"], ["height", "24"], ["aria-hidden", "true"], ["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "1.7"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"]] as const) {
      icon.setAttribute(name, value);
    }
    path.setAttribute("d", BUBBLE);
    icon.append(path);
    this.badge.setAttribute("role", "status");
    this.button.append(icon, make("span", "", place ? words.openFor(options.company) : words.open), this.badge);
  }

  /** Show how many messages are unread, and announce it to screen readers. */
  private count(unread: number): void {
    this.unread = unread;
    this.badge.textContent = unread ? this.words.unread(unread) : "";
  }

  private fillPanel(): void {
    const { words, options } = this;
    this.panel.setAttribute("aria-label", words.frame(options.company));
    this.status.setAttribute("role", "status");
    this.again.type = "button";
    this.again.textContent = words.retry;
    this.again.addEventListener("click", () => this.load());
    const close = make("button", "", words.close);
    close.type = "button";
    close.addEventListener("click", () => this.close());
    this.wait.append(this.status, this.again, close);
    this.panel.append(this.wait);
  }

  private load(): void {
    this.frame?.remove();
    const { options } = this;
    const frame = make("iframe");
    frame.title = this.words.frame(options.company);
    frame.referrerPolicy = "no-referrer";
    frame.allow = "clipboard-write";
    frame.src = chatAddress(options.candor, options.company, plain({ lang: options.lang, greeting: options.greeting, colour: options.colour, host: location.origin }));
    this.frame = frame;
    this.panel.append(frame);
    this.expect();
  }

  /** Wait for the chat's first message; a frame does not report that it failed to load. */
  private expect(): void {
    this.ready = false;
    this.wait.hidden = false;
    this.again.hidden = true;
    this.status.textContent = this.words.loading;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.ready) return;
      this.status.textContent = this.words.failed;
      this.again.hidden = false;
    }, PATIENCE);
  }

  private show(): void {
    const inside = this.panel.open && this.element.shadowRoot?.activeElement === this.frame;
    if (this.panel.open) this.panel.close();
    if (this.small.matches) this.panel.showModal();
    else this.panel.show();
    if (inside) this.frame?.focus();
  }

  private enter(): void {
    this.frame?.focus();
    if (this.ready) this.send(plain({ candor: 1, type: "shown" }));
  }

  private pass(): void {
    while (this.asked.length) {
      const text = this.asked[0] ?? "";
      this.asked.splice(0, 1);
      this.send(plain({ candor: 1, type: "ask", text }));
    }
  }

  private send(message: ToChat): void {
    this.frame?.contentWindow?.postMessage(message, this.options.candor);
  }

  private readonly receive = (event: MessageEvent<ToPage>): void => {
    if (!this.frame || !isFrom(event, this.frame.contentWindow, this.options.candor)) return;
    const message = event.data;
    if (message.type === "ready") {
      this.ready = true;
      this.wait.hidden = true;
      if (this.isOpen && this.element.shadowRoot?.activeElement === this.frame) this.send(plain({ candor: 1, type: "shown" }));
      this.pass();
    } else if (message.type === "close") this.close();
    else if (message.type === "news" && !this.isOpen && Number.isInteger(message.count)) this.count(this.unread + message.count);
    else if (message.type === "ticket") this.events.ticket(message.ticket);
  };
}
