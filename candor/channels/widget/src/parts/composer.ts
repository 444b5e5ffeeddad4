/** The input. Pasted text is never cut off: if it is too long, the composer says so, and the visitor can shorten it. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { icons } from "../icons";
import type { Scene } from "../scene";
import { lengthOf, LONGEST } from "../typed";

const NEARLY_FULL = 3500; // characters; from here on the count is shown

export class CandorComposer extends LitElement {
  static override properties = { text: { attribute: false }, scene: { attribute: false } };
  declare text: string;
  declare scene: Scene;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override focus(): void {
    this.querySelector("textarea")?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    const { words } = this.scene.language;
    const length = lengthOf(this.text);
    const over = length - LONGEST;
    const blocked = over > 0 || !this.text.trim(); // not while an answer is awaited: what is sent then waits for its turn
    return html`<form class="composer" autocomplete="off" @submit=${(event: SubmitEvent) => this.submit(event)}>
      <div class="composer-box">
        <label class="unseen" for="input">${words.input}</label>
        <textarea id="input" data-testid="input" rows="1" placeholder=${words.placeholder} dir="auto" aria-describedby="hint" aria-invalid=${over > 0 ? "true" : nothing}
          enterkeyhint="send" .value=${this.text} @input=${(event: Event) => this.type((event.target as HTMLTextAreaElement).value)}
          @keydown=${(event: KeyboardEvent) => this.key(event)}></textarea>
        <button type="submit" class="primary send" data-testid="send" aria-disabled=${blocked ? "true" : nothing}>${icons.send}<span class="unseen">${words.send}</span></button>
      </div>
      <p class="hint" id="hint">
        ${over > 0
          ? html`<span class="fault" data-testid="too-long">${words.tooLong(over)}</span>`
          : html`${words.only ? html`<span>${words.only}</span>` : nothing}<span class="hint-keys">${words.keys}</span>${length >= NEARLY_FULL ? html`<span>${words.count(length, LONGEST)}</span>` : nothing}`}
      </p>
    </form>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("text")) return;
    const input = this.querySelector("textarea");
    if (!input) return;
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
  }

  private type(text: string): void {
    const wasOver = lengthOf(this.text) > LONGEST;
    const over = lengthOf(text) - LONGEST;
    if (over > 0 && !wasOver) this.scene.announce(this.scene.language.words.tooLong(over));
    this.dispatchEvent(new CustomEvent<string>("typed", { detail: text }));
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return; // 229: a word is being composed
    event.preventDefault();
    if (!event.repeat) this.send();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    this.focus();
    this.send();
  }

  private send(): void {
    const text = this.text.trim();
    if (!text || lengthOf(text) > LONGEST) return;
    if (this.scene.write(text)) this.dispatchEvent(new CustomEvent<string>("typed", { detail: "" }));
  }
}

customElements.define("candor-composer", CandorComposer);
