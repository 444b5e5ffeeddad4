/** An opened request: its number first, then when the answer is due, what comes next, and what the visitor can do about it. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Ticket } from "../api";
import { save } from "../save-file";
import { nameIn, type Scene } from "../scene";
import { ticketText } from "../ticket-text";

const LONGEST_ADDED = 2000; // characters
const SHOWN = 2500; // milliseconds that "Copied" is shown

export class CandorTicket extends LitElement {
  static override properties = { ticket: { attribute: false }, newest: { attribute: false }, asked: { attribute: false }, scene: { attribute: false }, copied: { state: true }, adding: { state: true }, fault: { state: true } };
  declare ticket: Ticket;
  declare scene: Scene;
  declare newest: boolean; // no later card shows the same request
  declare asked: TemplateResult | typeof nothing; // the field for what the request waits for, such as its code
  declare copied: string;
  declare adding: boolean;
  declare fault: boolean;

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
          ${ticket.due_article ? html`<span class="quiet" lang="en">${ticket.due_article}</span>` : nothing}
          ${ticket.due_note ? html`<span class="quiet" lang="en">${ticket.due_note}</span>` : nothing}</dd></div>` : nothing}
        ${ticket.lead ? nothing : html`${factView(words.ticketCompany, nameIn(scene, ticket.company))}${factView(words.ticketType, words.requests[ticket.request_type] ?? plain(ticket.request_type))}`}
        ${factView(words.ticketStatus, words.states[ticket.status] ?? plain(ticket.status))}
      </dl>
      ${ticket.what_next ? html`<p class="what-next" lang="en" dir="auto">${ticket.what_next}</p>` : nothing}
      ${this.asked}
      ${this.adding && ticket.add ? this.addView(ticket.add.payload) : this.actionsView()}
    </div>`;
  }

  private actionsView(): TemplateResult {
    const { ticket, scene, newest } = this;
    const { words } = scene.language;
    const [add, check, withdraw] = newest ? [ticket.add, ticket.check, ticket.withdraw] : [];
    return html`<div class="ticket-does" role="group" aria-label=${words.ticketDoes(ticket.number)}>
      ${add ? html`<button type="button" data-testid="ticket-add" @click=${() => this.add()}>${words.ticketAdd}</button>` : nothing}
      ${check ? html`<button type="button" data-testid="ticket-check" @click=${() => scene.write(check.payload)}>${words.ticketCheck}</button>` : nothing}
      <button type="button" data-testid="ticket-save" @click=${() => this.save()}>${words.ticketSave}</button>
      ${withdraw ? html`<button type="button" data-testid="ticket-withdraw" @click=${() => scene.write(withdraw.payload)}>${words.ticketWithdraw}</button>` : nothing}
    </div>`;
  }

  /** begins: the beginning of the message, to which the visitor's text is added. */
  private addView(begins: string): TemplateResult {
    const { words } = this.scene.language;
    const id = `add-${this.ticket.number}`;
    return html`<form class="ticket-add" data-testid="ticket-adding" novalidate @submit=${(event: SubmitEvent) => this.submit(event, begins)} @keydown=${(event: KeyboardEvent) => this.leave(event)}>
      <div class="field"><label for=${id}>${words.ticketAddWhat}</label>
        <textarea id=${id} name="value" rows="3" maxlength=${LONGEST_ADDED} aria-invalid=${this.fault ? "true" : nothing} aria-describedby=${this.fault ? `${id}-fault` : nothing}></textarea>
        ${this.fault ? html`<p class="fault" id="${id}-fault">${words.ticketAddNothing}</p>` : nothing}
      </div>
      <div class="row"><button type="submit" class="primary">${words.send}</button><button type="button" class="plain" @click=${() => this.close()}>${words.cancel}</button></div>
    </form>`;
  }

  private add(): void {
    [this.adding, this.fault] = [true, false];
    void this.updateComplete.then(() => {
      this.querySelector("textarea")?.focus();
      this.querySelector(".ticket-add")?.scrollIntoView({ block: "nearest" }); // with its buttons
    });
  }

  private close(): void {
    this.adding = false;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-testid=ticket-add]")?.focus());
  }

  private leave(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault(); // this closes the form only, not the chat around it
    event.stopPropagation();
    this.close();
  }

  private submit(event: SubmitEvent, begins: string): void {
    event.preventDefault();
    const added = this.querySelector("textarea")?.value.trim() ?? "";
    this.fault = !added;
    if (added && this.scene.write(`${begins} ${added}`)) this.adding = false;
    if (this.fault) this.querySelector("textarea")?.focus();
  }

  private save(): void {
    const { language } = this.scene;
    save(ticketText(this.ticket, nameIn(this.scene, this.ticket.company), language), `${this.ticket.number}.txt`);
    this.scene.announce(language.words.ticketSaved);
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
