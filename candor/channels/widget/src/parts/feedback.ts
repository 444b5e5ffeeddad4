/** Helpful or not, and if not, why: five reasons and a comment, all optional. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Reason } from "../api";
import type { Scene } from "../scene";

const LONGEST_COMMENT = 2000; // as the API takes it

export class CandorFeedback extends LitElement {
  static override properties = {
    answerId: { attribute: false }, given: { attribute: false }, scene: { attribute: false },
    asking: { state: true }, sending: { state: true }, fault: { state: true },
  };
  declare answerId: string;
  declare given: boolean | null;
  declare scene: Scene;
  declare asking: boolean;
  declare sending: boolean;
  declare fault: boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { words } = this.scene.language;
    const done = this.given !== null;
    return html`
      <div class="feedback" role="group" aria-label=${words.wasHelpful} data-testid="feedback">
        <button type="button" class="plain" aria-pressed=${String(this.given === true)} aria-disabled=${done || this.sending ? "true" : nothing}
          @click=${() => void this.send(true, "", "")}>${words.helpful}</button>
        <button type="button" class="plain" aria-pressed=${String(this.given === false)} aria-disabled=${done || this.sending ? "true" : nothing}
          aria-expanded=${done ? nothing : String(Boolean(this.asking))} @click=${() => this.ask()}>${words.notHelpful}</button>
        ${done ? html`<span class="thanks">${words.thanks}</span>` : this.fault ? html`<span class="thanks fault">${words.feedbackFailed}</span>` : nothing}
      </div>
      ${this.asking && !done ? this.whyView() : nothing}`;
  }

  private whyView(): TemplateResult {
    const { words } = this.scene.language;
    const reasons = Object.entries(words.reasons) as [Reason, string][];
    return html`<form class="why" data-testid="why" @submit=${(event: SubmitEvent) => this.submit(event)} @keydown=${(event: KeyboardEvent) => this.leave(event)}>
      <fieldset>
        <legend>${words.why}</legend>
        ${reasons.map(([value, label]) => html`<label class="reason"><input type="radio" name="reason" value=${value}><span>${label}</span></label>`)}
      </fieldset>
      <label class="field"><span>${words.comment}</span><textarea name="comment" rows="2" maxlength=${LONGEST_COMMENT}></textarea></label>
      <div class="row">
        <button type="submit" class="primary" aria-disabled=${this.sending ? "true" : nothing}>${words.sendFeedback}</button>
        <button type="button" class="plain" @click=${() => this.close()}>${words.cancel}</button>
      </div>
    </form>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("asking") || !this.asking) return;
    this.querySelector<HTMLInputElement>(".why input")?.focus();
    this.querySelector(".why")?.scrollIntoView({ block: "nearest" }); // with its buttons
  }

  private ask(): void {
    if (this.given === null && !this.sending) this.asking = !this.asking;
  }

  private leave(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault(); // this closes the form only, not the chat around it
    event.stopPropagation();
    this.close();
  }

  private close(): void {
    this.asking = false;
    this.focusButton();
  }

  private focusButton(): void {
    this.querySelectorAll<HTMLButtonElement>(".feedback button")[1]?.focus();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    void this.send(false, String(form.get("reason") ?? "") as Reason, String(form.get("comment") ?? "").trim());
  }

  private async send(helpful: boolean, reason: Reason, comment: string): Promise<void> {
    if (this.given !== null || this.sending) return;
    const { words } = this.scene.language;
    this.sending = true;
    this.fault = false;
    try {
      await this.scene.rate({ answer_id: this.answerId, helpful, reason, comment });
      if (this.asking) this.close();
      this.scene.announce(words.thanks);
    } catch {
      this.fault = true;
      this.scene.announce(words.feedbackFailed);
    }
    this.sending = false;
  }
}

customElements.define("candor-feedback", CandorFeedback);
