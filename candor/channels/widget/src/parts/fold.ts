/** A text of which only the beginning is shown if it is long, until the visitor wants to see all of it. */

import { html, LitElement, type TemplateResult } from "lit";
import { beginningOf, isLong } from "../folding";
import type { Scene } from "../scene";

export class CandorFold extends LitElement {
  static override properties = { text: { attribute: false }, scene: { attribute: false }, open: { state: true } };
  declare text: string;
  declare scene: Scene;
  declare open: boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { words } = this.scene.language;
    return html`${this.open ? this.text : beginningOf(this.text)}
      <button type="button" class="unfold" data-testid="unfold" aria-expanded=${String(Boolean(this.open))} @click=${() => (this.open = !this.open)}>${this.open ? words.showLess : words.showAll}</button>`;
  }
}

customElements.define("candor-fold", CandorFold);

export const foldView = (text: string, scene: Scene, long = isLong(text)): TemplateResult => (long ? html`<candor-fold .text=${text} .scene=${scene}></candor-fold>` : html`${text}`);
