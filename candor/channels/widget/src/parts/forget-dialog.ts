/** Asks for confirmation before a conversation is deleted. In a real dialog, the browser keeps the focus and returns it. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Texts } from "../texts/en";

export class CandorForget extends LitElement {
  static override properties = { words: { attribute: false }, forget: { attribute: false }, busy: { state: true }, fault: { state: true } };
  declare words: Texts;
  declare forget: () => Promise<void>;
  declare busy: boolean;
  declare fault: boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  ask(): void {
    this.fault = false;
    this.querySelector("dialog")?.showModal();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<dialog class="sheet" aria-labelledby="forget-title" aria-describedby="forget-text" data-testid="forget-dialog"
      @keydown=${(event: KeyboardEvent) => event.key === "Escape" && event.stopPropagation()}>
      <h2 id="forget-title">${words.forgetTitle}</h2>
      <p id="forget-text">${words.forgetText}</p>
      ${this.fault ? html`<p class="fault" role="alert">${words.forgetFailed}</p>` : nothing}
      <div class="row">
        <button type="button" data-testid="forget-no" @click=${() => this.close()}>${words.forgetNo}</button>
        <button type="button" class="danger" data-testid="forget-yes" aria-disabled=${this.busy ? "true" : nothing} @click=${() => void this.really()}>
          ${this.busy ? words.forgetting : words.forgetYes}</button>
      </div>
    </dialog>`;
  }

  private close(): void {
    this.querySelector("dialog")?.close();
  }

  private async really(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = false;
    try {
      await this.forget();
      this.close();
    } catch {
      this.fault = true;
    }
    this.busy = false;
  }
}

customElements.define("candor-forget", CandorForget);
