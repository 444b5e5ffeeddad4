/** An opened request: its number first, then when the answer is due and what comes next. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Ticket } from "../api";
import { nameIn, type Scene } from "../scene";

const SHOWN = 2500; // milliseconds that "Copied" is shown

export class CandorTicket extends LitElement {
  static override properties = { ticket: { attribute: false }, scene: { attribute: false }, copied: { state: true } };
  declare ticket: Ticket;
  declare scene: Scene;
  declare copied: string;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { ticket, scene } = this;
    const { words, date } = scene.language;
    return html`<div class="ticket" role="group" aria-label=${words.ticket} data-testid="ticket">
      <p class="ticket-of">${words.ticketNumber}</p>
      <div class="ticket-top">
        <bdi class="ticket-number" data-testid="ticket-number">${ticket.number}</bdi>
        <button type="button" aria-label=${words.copyNumber} @click=${() => void this.copy()}>${this.copied || words.copy}</button>
      </div>
      <dl>
        ${ticket.due ? html`<div class="due"><dt>${words.due}</dt><dd><time datetime=${ticket.due} data-testid="ticket-due">${date(ticket.due)}</time>
          ${ticket.due_article ? html`<span class="quiet" lang="en">${ticket.due_article}</span>` : nothing}</dd></div>` : nothing}
        ${factView(words.ticketCompany, nameIn(scene, ticket.company))}
        ${factView(words.ticketType, words.requests[ticket.request_type] ?? plain(ticket.request_type))}
        ${factView(words.ticketStatus, words.states[ticket.status] ?? plain(ticket.status))}
      </dl>
      ${ticket.what_next ? html`<p class="what-next" lang="en" dir="auto">${ticket.what_next}</p>` : nothing}
    </div>`;
  }

  private async copy(): Promise<void> {
    const { words } = this.scene.language;
    this.copied = (await this.copyNumber()) ? words.copied : words.selected;
    this.scene.announce(this.copied);
    setTimeout(() => (this.copied = ""), SHOWN);
  }

  /** False if the browser denies access to the clipboard: then the number is selected. */
  private async copyNumber(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(this.ticket.number);
      return true;
    } catch {
      const number = this.querySelector(".ticket-number");
      if (number) getSelection()?.selectAllChildren(number);
      return false;
    }
  }
}

const factView = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
const plain = (word: string) => word.replaceAll("_", " ");

customElements.define("candor-ticket", CandorTicket);
