/** <candor-chat>: the whole chat, rendered from one Chat. It has no shadow root, because the page is ours alone and has one stylesheet. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { accent } from "./accent";
import { Chat } from "./chat";
import { icons } from "./icons";
import { newMessageId } from "./message-id";
import { chosenBy, PageLink } from "./page-link";
import type { CandorComposer } from "./parts/composer";
import "./parts/composer";
import type { CandorForget } from "./parts/forget-dialog";
import "./parts/forget-dialog";
import type { MenuItem } from "./parts/menu";
import "./parts/menu";
import type { CandorRequests } from "./parts/request-dialog";
import "./parts/request-dialog";
import { sendsSignal, signalView } from "./parts/signal";
import { turnView } from "./parts/turn";
import type { Scene } from "./scene";
import { HttpServer } from "./server";
import { TabState, tabStorage } from "./tab-state";
import { otherTabs } from "./tabs";
import { givenBefore, goesOn, hasAsked, livesFrom, newestTickets, personOf, pressedOf } from "./transcript";
import { languageOf, type Language } from "./texts";
import { save } from "./save-file";
import { View } from "./view";

export class CandorChat extends LitElement {
  static override properties = { announcement: { state: true }, offline: { state: true } };
  declare announcement: string;
  declare offline: boolean;
  private readonly embedded = document.body.dataset["mode"] === "embed";
  private readonly company = document.body.dataset["company"] ?? "";
  private readonly language: Language = languageOf(document.documentElement.lang);
  private readonly chosen = chosenBy(location.hash, this.embedded && window.parent !== window, location.ancestorOrigins?.[0]);
  private readonly page = new PageLink(this.chosen.host, window.parent === window ? null : window.parent);
  private readonly view = new View(this);
  private readonly chat = new Chat({
    company: this.company, server: new HttpServer(), saved: new TabState(this.company, tabStorage()), tabs: otherTabs(), words: this.language.words,
    greeting: this.chosen.greeting, newId: newMessageId, now: Date.now,
    later: (what, milliseconds) => window.setTimeout(what, milliseconds), notYet: (timer) => window.clearTimeout(timer),
    changed: () => this.draw(), announce: (text) => this.announce(text), opened: (ticket) => this.page.opened(ticket),
    gpc: sendsSignal(navigator), visible: () => !document.hidden, news: (count) => this.page.news(count),
  });
  private scene!: Scene;

  constructor() {
    super();
    this.announcement = "";
    this.offline = !navigator.onLine;
    this.draw();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("online", () => this.network(false));
    window.addEventListener("offline", () => this.network(true));
    document.addEventListener("visibilitychange", () => this.chat.listen(0));
    window.addEventListener("pagehide", () => this.chat.save());
    if (this.embedded) this.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.page.close());
    this.page.hear(() => this.typeHere(), (text) => void this.chat.write(text));
    void this.chat.open();
  }

  protected override firstUpdated(): void {
    if (!this.embedded) this.typeHere();
  }

  protected override render(): TemplateResult {
    const { words } = this.language;
    const { info, waiting } = this.chat;
    const name = info?.name ?? "";
    return html`<div class="surface" ${accent(this.chosen.colour || info?.accent)}>
      <header class="bar">
        <div class="who"><h1 data-testid="company-name"><bdi>${name ? words.title(name) : "Candor"}</bdi></h1><p class="quiet">${words.brand}</p></div>
        <candor-menu .items=${this.items()} .words=${words}></candor-menu>
        ${this.embedded && this.chosen.host
          ? html`<button type="button" class="plain round" data-testid="close" @click=${() => this.page.close()}>${icons.close}<span class="unseen">${words.close}</span></button>`
          : nothing}
      </header>
      <main>
        ${this.offline ? html`<p class="offline" data-testid="offline">${words.offline}</p>` : nothing}
        <div class="log" role="log" aria-live="off" aria-label=${words.log} data-testid="log">${this.entriesView()}</div>
        ${waiting ? html`<div class="typing" data-testid="typing"><span class="quiet">${words.waiting}</span><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></div>` : nothing}
        ${this.startersView()}
      </main>
      <footer>${this.personView()}<candor-composer .text=${this.chat.draft} .scene=${this.scene} @typed=${(event: CustomEvent<string>) => this.typed(event.detail)}></candor-composer></footer>
      <p class="unseen" role="status" aria-live="polite" data-testid="announcer">${this.announcement}</p>
      <candor-forget .words=${words} .forget=${() => this.forget()}></candor-forget>
      <candor-requests .words=${words} .requests=${info?.shortcuts?.requests ?? []} .choose=${(says: string) => void this.write(says)}></candor-requests>
    </div>`;
  }

  private entriesView(): unknown {
    const { transcript } = this.chat;
    const live = livesFrom(transcript);
    const newest = newestTickets(transcript);
    const { companies } = this.scene;
    return repeat(transcript.entries, (entry) => entry.key, (entry, number) => {
      const isLive = number >= live && !this.chat.waiting;
      const asks = isLive && entry.who === "candor" ? (entry.reply.form?.field ?? "") : "";
      const place = {
        goesOn: goesOn(transcript, number), live: isLive, pressed: number >= live ? -1 : pressedOf(transcript, number), newest: newest.has(number), given: asks ? givenBefore(transcript, number, asks) : "",
      };
      return guard([entry, ...Object.values(place), companies], () => turnView(entry, place, this.scene));
    });
  }

  /** Who reads the messages, shown right beside the input. */
  private personView(): TemplateResult | typeof nothing {
    const person = personOf(this.chat.transcript);
    const { words } = this.language;
    return person
      ? html`<div class="person" data-testid="with-you"><p dir="auto">${words.withYou(person.name, person.company)}</p><button type="button" class="plain" data-testid="hand-back" @click=${() => void this.handBack()}>${words.handBack}</button></div>`
      : nothing;
  }

  private async handBack(): Promise<void> {
    try {
      await this.chat.handBack();
      this.typeHere(true);
    } catch {
      this.announce(this.language.words.handBackFailed);
    }
  }

  private startersView(): TemplateResult | typeof nothing {
    const { chat, language } = this;
    const { info, offered } = chat;
    if (!info || chat.waiting || hasAsked(chat.transcript)) return nothing;
    const { words } = language;
    return html`<div data-testid="starters">
      ${offered ? signalView(offered, info.name, (text, sends) => void this.write(text, sends), words) : nothing}
      <div class="starters" role="group" aria-label=${words.starters}>
        ${info.suggestions.map((question) => html`<button type="button" class="starter" lang="en" dir="auto" @click=${() => this.say(question)}>${question}</button>`)}
      </div>
      ${info.shortcuts
        ? html`<div class="starters begin" role="group" aria-label=${words.begin}>
            ${this.beginnings().map((item) => html`<button type="button" class="starter" data-testid="start-${item.id}" @click=${item.do}>${item.text}</button>`)}
          </div>`
        : nothing}
    </div>`;
  }

  /** What a visitor may have come for, other than to ask. */
  private beginnings(): readonly MenuItem[] {
    const { words } = this.language;
    const shortcuts = this.chat.info?.shortcuts;
    if (!shortcuts) return [];
    return [
      { id: "request", text: words.makeRequest, do: () => this.querySelector<CandorRequests>("candor-requests")?.ask() },
      { id: "own", text: words.ownRequests, do: () => void this.write(words.ownRequests, shortcuts.own_requests) },
      { id: "person", text: words.talkToPerson, do: () => void this.write(words.talkToPerson, shortcuts.person) },
    ];
  }

  private items(): readonly MenuItem[] {
    const { words } = this.language;
    const { info } = this.chat;
    const items: MenuItem[] = [...this.beginnings()];
    if (info) {
      items.push({ id: "glance", text: words.glance, href: info.glance_url, tab: true }, { id: "policy", text: words.policy, href: info.policy_url, tab: true });
    }
    items.push({ id: "download", text: words.download, do: () => void this.download() }, { id: "forget", text: words.forget, do: () => this.querySelector<CandorForget>("candor-forget")?.ask() });
    if (this.embedded) items.push({ id: "own-page", text: words.ownPage, href: `/chat/${encodeURIComponent(this.company)}`, tab: true });
    else items.push({ id: "change", text: words.otherCompany, href: "/" });
    return items;
  }

  /** Render the current state; only parts that have changed are updated. */
  private draw(): void {
    const { others } = this.chat ?? { others: new Map() };
    if (!this.scene || others.size !== this.scene.companies.size) {
      this.scene = {
        language: this.language, ownGreeting: this.chosen.greeting !== "", companies: new Map(others), say: (text, sends) => this.say(text, sends), write: (text) => this.write(text),
        takeBack: (key) => this.takeBack(key), retry: () => this.chat.retry(),
        startAgain: () => this.chat.startAgain(), rate: (feedback) => this.chat.rate(feedback), announce: (text) => this.announce(text),
      };
    }
    this.requestUpdate();
  }

  private say(text: string, sends?: string): boolean {
    const fromForm = this.view.isInForm();
    if (!this.chat.say(text, sends)) return false;
    this.view.sent(fromForm);
    if (!fromForm) this.typeHere(true);
    return true;
  }

  /** Like `say`, but what cannot be sent at once waits for its turn. */
  private write(text: string, sends?: string): boolean {
    const fromForm = this.view.isInForm();
    if (!this.chat.write(text, sends)) return false;
    this.view.sent(fromForm);
    if (!fromForm) this.typeHere(true);
    return true;
  }

  private takeBack(key: string): void {
    this.chat.takeBack(key);
    this.typeHere();
  }

  protected override updated(_changed: PropertyValues): void {
    document.title = this.chat.info ? this.language.words.title(this.chat.info.name) : document.title;
    this.view.settle(this.chat.transcript, this.chat.waiting);
  }

  private typed(draft: string): void {
    this.chat.typed(draft);
    this.draw();
  }

  /** `lightly`: not on devices whose screen keyboard would cover the answer to a tapped button. */
  private typeHere(lightly = false): void {
    if (lightly && matchMedia("(pointer: coarse)").matches && !this.view.isTyping()) return;
    void this.updateComplete.then(() => this.querySelector<CandorComposer>("candor-composer")?.focus());
  }

  private async forget(): Promise<void> {
    await this.chat.forget();
    this.announce(this.language.words.forgotten);
    this.typeHere();
  }

  private async download(): Promise<void> {
    const { words } = this.language;
    try {
      save(await this.chat.asText(), words.fileName);
    } catch {
      this.announce(words.downloadFailed);
    }
  }

  private network(offline: boolean): void {
    this.offline = offline;
    this.announce(offline ? this.language.words.offline : this.language.words.online);
    if (!offline) this.chat.retry();
  }

  /** Change the live region, also if the same words come twice. */
  private announce(text: string): void {
    this.announcement = text === this.announcement ? `${text}\u00a0` : text;
  }
}

customElements.define("candor-chat", CandorChat);
