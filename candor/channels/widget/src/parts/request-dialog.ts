/** "Make a request": asks what shall happen with the visitor's data, and says it for them. */

import { html, LitElement, type TemplateResult } from "lit";
import type { Shortcuts } from "../api";
import type { Texts } from "../texts/en";

export class CandorRequests extends LitElement {
  static override properties = { words: { attribute: false }, requests: { attribute: false }, choose: { attribute: false } };
  declare words: Texts;
  declare requests: Shortcuts["requests"];
  declare choose: (says: string) => void;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  ask(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<dialog class="sheet requests" aria-labelledby="requests-title" data-testid="requests-dialog" @keydown=${(event: KeyboardEvent) => event.key === "Escape" && event.stopPropagation()}>
      <h2 id="requests-title">${words.requestsTitle}</h2>
      <p class="quiet">${words.requestsText}</p>
      <div class="others">
        ${this.requests.map((request) => html`<button type="button" class="plain" lang="en" data-testid="request-type" @click=${() => this.take(request.says)}>${request.title}</button>`)}
      </div>
      <div class="row"><button type="button" @click=${() => this.close()}>${words.cancel}</button></div>
    </dialog>`;
  }

  private close(): void {
    this.querySelector("dialog")?.close();
  }

  private take(says: string): void {
    this.close();
    this.choose(says);
  }
}

customElements.define("candor-requests", CandorRequests);
