/** Where the visitor lives: a text box that suggests places while one types. Nothing is chosen, and nothing sent, by itself. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Option } from "../api";
import { guessed, matching, MOST_SHOWN, namesIn, plain } from "../places";
import type { Scene } from "../scene";

const SPOKEN_AFTER = 600; // milliseconds without typing until the number of places is announced

/** The ARIA pattern of an editable combobox with a list; screen readers follow aria-activedescendant while the focus stays in the box. */
export class CandorPlaceBox extends LitElement {
  static override properties = {
    options: { attribute: false }, scene: { attribute: false }, place: { attribute: false }, described: { attribute: false }, initial: { attribute: false },
    typed: { state: true }, open: { state: true }, active: { state: true },
  };
  declare options: readonly Option[];
  declare scene: Scene;
  declare place: string; // makes the ids unique
  declare described: string; // the id of what is wrong with it; "" if nothing is
  declare initial: string;
  declare typed: string | undefined;
  declare open: boolean;
  declare active: number; // which suggestion Enter takes; -1 for none
  private readonly nameOf = namesIn(navigator.languages);
  private timer = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** What is sent for what stands in the box. */
  get value(): string {
    const text = (this.typed ?? this.initial).trim();
    return this.options.find((option) => plain(option.label) === plain(text))?.value ?? text;
  }

  override disconnectedCallback(): void {
    clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { words } = this.scene.language;
    const [text, shown, guess] = [this.typed ?? this.initial, this.shown(), this.guess()];
    return html`
      <input id=${this.place} name="value" role="combobox" type="text" autocomplete="off" autocapitalize="words" spellcheck="false" dir="auto" maxlength="100"
        aria-autocomplete="list" aria-expanded=${String(Boolean(this.open && shown.length))} aria-controls="${this.place}-list" aria-invalid=${this.described ? "true" : nothing}
        aria-activedescendant=${this.open && this.active >= 0 ? `${this.place}-${this.active}` : nothing} aria-describedby=${this.described || nothing}
        .value=${text} placeholder=${words.placeHint} @input=${(event: Event) => this.type((event.target as HTMLInputElement).value)} @click=${() => this.show()}
        @keydown=${(event: KeyboardEvent) => this.key(event)} @blur=${() => this.leave()}>
      <ul id="${this.place}-list" class="places" role="listbox" aria-label=${words.fields.residence} ?hidden=${!this.open || !shown.length}>
        ${shown.map((option, number) => html`<li id="${this.place}-${number}" role="option" aria-selected=${String(number === this.active)} lang="en"
          @pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.take(option)}><span>${option.label}</span>${this.localView(option)}</li>`)}
      </ul>
      ${guess && !text ? html`<p class="guess quiet">${words.guess} <button type="button" class="chip" data-testid="guess" lang="en" @click=${() => this.take(guess)}>${guess.label}</button></p>` : nothing}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("open") && this.open) this.querySelector("ul")?.scrollIntoView({ block: "nearest" });
    if (changed.has("active") && this.active >= 0) this.querySelector(`[id="${this.place}-${this.active}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /** The guess stands first, as long as nothing is typed. */
  private shown(): readonly Option[] {
    const text = this.typed ?? this.initial;
    const guess = this.guess();
    const found = matching(text, this.options, this.nameOf);
    return (plain(text) || !guess ? found : [guess, ...found.filter((option) => option !== guess)]).slice(0, MOST_SHOWN);
  }

  private guess(): Option | undefined {
    return guessed(navigator.languages, this.options);
  }

  /** The place's name in the visitor's language, where that is another one. */
  private localView(option: Option): TemplateResult | typeof nothing {
    const name = this.nameOf(option.code ?? "");
    return name && !plain(option.label).startsWith(plain(name)) ? html`<span class="quiet" lang=${navigator.language}>${name}</span>` : nothing;
  }

  private type(text: string): void {
    this.typed = text;
    this.open = true;
    this.active = -1;
    this.dispatchEvent(new CustomEvent("typed"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.scene.announce(this.scene.language.words.places(this.shown().length)), SPOKEN_AFTER);
  }

  private show(): void {
    this.open = true;
    this.active = -1;
  }

  private close(): void {
    this.open = false;
    this.active = -1;
    clearTimeout(this.timer);
  }

  /** Closing moves what stands below. While that is being pressed it must stay, or the press would miss it. */
  private leave(): void {
    const pressed = (this.getRootNode() as ParentNode).querySelector(":active");
    if (pressed) addEventListener("mouseup", () => setTimeout(() => this.matches(":focus-within") || this.close()), { once: true });
    else this.close();
  }

  private take(option: Option): void {
    this.typed = option.label;
    this.close();
    this.dispatchEvent(new CustomEvent("typed"));
    this.querySelector("input")?.focus({ preventScroll: true });
  }

  private key(event: KeyboardEvent): void {
    const shown = this.shown();
    const chosen = this.open ? shown[this.active] : undefined;
    if (event.isComposing || event.keyCode === 229) return; // a word is being composed
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!shown.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.open ? this.active : -1;
      this.open = true;
      this.active = from < 0 && step < 0 ? shown.length - 1 : (from + step + shown.length) % shown.length;
    } else if (event.key === "Enter" && chosen) {
      this.take(chosen); // the next Enter sends it
    } else if (event.key === "Escape" && this.open) {
      this.close();
      event.stopPropagation(); // this closes the list only, not the chat around it
    } else return;
    event.preventDefault();
  }
}

customElements.define("candor-place-box", CandorPlaceBox);
