/** A request before it is opened: what is known of it line by line, each of which can be edited, and Cancel. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { CardRow, Choice, Option, RequestCard } from "../api";
import type { Scene } from "../scene";
import { foldView } from "./fold";

/** live: it is the newest card, so that it can be edited. asked: the form field of the line that is asked for, or its buttons. */
export interface CardPlace {
  readonly live: boolean;
  readonly asks: string; // the field of that line
  readonly id: string; // makes ids unique
  readonly asked: TemplateResult | typeof nothing;
  readonly choices: TemplateResult | typeof nothing;
}

export function requestCardView(card: RequestCard, place: CardPlace, scene: Scene): TemplateResult {
  const { words } = scene.language;
  return html`<section class="card" aria-label=${card.title} data-testid="card" data-live=${String(place.live)}>
    <p class="card-title"><bdi lang="en">${card.title}</bdi></p>
    <dl>${card.rows.map((row) => rowView(row, place, scene))}</dl>
    <div class="card-foot">
      ${card.rows.some((row) => row.field === place.asks) ? nothing : place.choices}
      ${place.live
        ? html`<button type="button" class="plain" data-testid="card-cancel" @click=${() => scene.say(card.cancel.payload)}>${words.cancelRequest}</button>`
        : nothing}
    </div>
  </section>`;
}

function rowView(row: CardRow, place: CardPlace, scene: Scene): TemplateResult {
  const { words } = scene.language;
  const label = words.cardRows[row.field] ?? row.label;
  const asked = place.live && row.field === place.asks;
  const state = asked ? "asked" : row.value ? "known" : "open";
  return html`<div class="card-row" data-field=${row.field} data-state=${state}>
    <dt>${label}</dt>
    <dd>
      ${asked
        ? place.asked
        : html`<div class="card-value" lang=${row.left_out || row.field === "request" || row.field === "residence" ? "en" : nothing} dir="auto">${row.value ? foldView(row.value, scene) : html`<span class="quiet">${words.notYet}</span>`}</div>`}
      ${place.live && row.edit ? editView(row.edit, label, scene) : nothing}
      ${place.live && row.options.length ? html`<candor-other-request .options=${row.options} .label=${label} .place=${place.id} .scene=${scene}></candor-other-request>` : nothing}
    </dd>
  </div>`;
}

const editView = (edit: Choice, label: string, scene: Scene) =>
  html`<button type="button" class="edit" data-testid="card-edit" aria-label=${scene.language.words.editWhat(label)} @click=${() => scene.say(edit.payload)}>${scene.language.words.edit}</button>`;

/** The other requests that this one could become, behind its own Edit. */
export class CandorOtherRequest extends LitElement {
  static override properties = { options: { attribute: false }, label: { attribute: false }, place: { attribute: false }, scene: { attribute: false }, open: { state: true } };
  declare options: readonly Option[];
  declare label: string;
  declare place: string;
  declare scene: Scene;
  declare open: boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { words } = this.scene.language;
    const id = `others-${this.place}`;
    return html`<button type="button" class="edit" data-testid="card-edit" aria-label=${words.editWhat(this.label)} aria-expanded=${String(Boolean(this.open))} aria-controls=${id}
        @click=${() => (this.open = !this.open)}>${words.edit}</button>
      <div id=${id} class="others" role="group" aria-label=${words.otherRequests} ?hidden=${!this.open}>
        ${this.options.map((option) => html`<button type="button" class="plain" lang="en" @click=${() => this.scene.say(option.value)}>${option.label}</button>`)}
      </div>`;
  }
}

customElements.define("candor-other-request", CandorOtherRequest);
