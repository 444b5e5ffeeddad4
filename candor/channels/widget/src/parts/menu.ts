/** A button that opens a short list of actions. Escape, a choice, or leaving the list closes it. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { icons } from "../icons";
import type { Texts } from "../texts/en";

export interface MenuItem {
  readonly id: string;
  readonly text: string;
  readonly href?: string;
  readonly tab?: boolean; // opens in a new tab
  readonly do?: () => void;
}

export class CandorMenu extends LitElement {
  static override properties = { items: { attribute: false }, words: { attribute: false }, open: { state: true } };
  declare items: readonly MenuItem[];
  declare words: Texts;
  declare open: boolean;
  private readonly outside = (event: Event) => {
    if (!event.composedPath().includes(this)) this.open = false;
  };

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.outside);
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) this.open = false;
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.open) return;
      event.preventDefault(); // this closes the list only, not the chat around it
      event.stopPropagation();
      this.open = false;
      this.focus();
    });
  }

  override disconnectedCallback(): void {
    document.removeEventListener("pointerdown", this.outside);
    super.disconnectedCallback();
  }

  override focus(): void {
    this.querySelector("button")?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <button type="button" class="plain round" data-testid="menu" aria-expanded=${String(Boolean(this.open))} aria-controls="menu-list"
        @click=${() => (this.open = !this.open)}>${icons.more}<span class="unseen">${this.words.more}</span></button>
      <ul id="menu-list" class="menu" aria-label=${this.words.menu} ?hidden=${!this.open}>
        ${this.items.map((item) => html`<li>${item.href
          ? html`<a href=${item.href} target=${item.tab ? "_blank" : nothing} rel=${item.tab ? "noopener" : nothing} data-testid=${item.id} @click=${() => (this.open = false)}>
              ${item.text}${item.tab ? html`<span class="unseen"> ${this.words.newTab}</span>` : nothing}</a>`
          : html`<button type="button" class="plain" data-testid=${item.id} @click=${() => this.choose(item)}>${item.text}</button>`}</li>`)}
      </ul>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("open") && this.open) this.querySelector<HTMLElement>(".menu a, .menu button")?.focus();
  }

  private choose(item: MenuItem): void {
    this.open = false;
    this.focus();
    item.do?.();
  }
}

customElements.define("candor-menu", CandorMenu);
