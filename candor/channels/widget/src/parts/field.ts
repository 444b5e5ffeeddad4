/** A form field for a step of a request, beside free typing below. It sends what the visitor could have typed. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { AskedField, Choice } from "../api";
import type { Scene } from "../scene";
import { listed } from "../step";
import { readable } from "../typed";
import type { CandorPlaceBox } from "./place-box";
import "./place-box";

type Asked = "email" | "residence" | "details" | "code";
const LONGEST = { email: 254, details: 2000, code: 12, residence: 100 } as const;

export class CandorField extends LitElement {
  static override properties = { asked: { attribute: false }, buttons: { attribute: false }, scene: { attribute: false }, place: { attribute: false }, given: { attribute: false }, beside: { attribute: false }, fault: { state: true } };
  declare asked: AskedField;
  declare buttons: readonly Choice[]; // of the reply: an option that has a button is not listed again
  declare scene: Scene;
  declare place: string; // makes the ids of this step unique
  declare beside: TemplateResult | typeof nothing | undefined; // other answers, shown beside Continue
  declare given: string; // what the visitor gave before they wanted to change it
  declare fault: boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { words } = this.scene.language;
    const field = this.asked.field as Asked;
    const id = `field-${this.place}`;
    return html`<form class="step" novalidate data-testid="form" data-field=${field} @submit=${(event: SubmitEvent) => this.submit(event)}>
      <div class="field">
        <label for=${id}>${words.fields[field]}</label>
        ${this.controlView(field, id)}
        ${this.fault ? html`<p class="fault" id="${id}-fault" data-testid="fault">${words.missing[field]}</p>` : nothing}
      </div>
      <div class="row"><button type="submit" class="primary">${words.next}</button>${this.beside && this.beside !== nothing ? this.beside : html`<span class="quiet">${words.orType}</span>`}</div>
    </form>`;
  }

  private controlView(field: Asked, id: string): TemplateResult {
    const invalid = this.fault ? "true" : nothing;
    const described = this.fault ? `${id}-fault` : nothing;
    if (field === "residence" && this.asked.options.length) {
      return html`<candor-place-box .options=${listed(this.asked, this.buttons)} .initial=${this.given ?? ""} .place=${id} .described=${this.fault ? `${id}-fault` : ""} .scene=${this.scene}
        @typed=${() => (this.fault = false)}></candor-place-box>`;
    }
    if (field === "details") {
      return html`<textarea id=${id} name="value" rows="3" maxlength=${LONGEST.details} .defaultValue=${this.given ?? ""} aria-invalid=${invalid} aria-describedby=${described}></textarea>`;
    }
    const kind = { email: "email", code: "text", residence: "text" }[field];
    const known = { email: "email", code: "one-time-code", residence: "country-name" }[field];
    return html`<input id=${id} name="value" type=${kind} autocomplete=${known} inputmode=${field === "code" ? "numeric" : nothing} dir=${field === "residence" ? "auto" : "ltr"}
      maxlength=${LONGEST[field]} .defaultValue=${field === "code" ? "" : (this.given ?? "")} aria-invalid=${invalid} aria-describedby=${described} class=${field === "code" ? "code" : nothing}>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const control = this.querySelector<HTMLInputElement>("[name=value]");
    if (!control) return;
    const box = this.querySelector<CandorPlaceBox>("candor-place-box");
    const value = readable(this.asked.field, box?.value ?? control.value);
    this.fault = !value;
    if (value) {
      const label = this.asked.options.find((option) => option.value === value)?.label;
      this.scene.say(label ?? value, value);
      return;
    }
    this.scene.announce(this.scene.language.words.missing[this.asked.field]);
    control.focus();
  }
}

customElements.define("candor-field", CandorField);
