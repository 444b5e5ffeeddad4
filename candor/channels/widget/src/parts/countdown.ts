/** "… in 12 seconds", counted down visibly; screen readers heard it once, when it began. */

import { LitElement } from "lit";

export class CandorCountdown extends LitElement {
  static override properties = { until: { attribute: false }, words: { attribute: false } };
  declare until: number;
  declare words: (seconds: number) => string;
  private timer = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = window.setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    window.clearInterval(this.timer);
    super.disconnectedCallback();
  }

  protected override render(): string {
    return this.words(Math.max(1, Math.ceil((this.until - Date.now()) / 1000)));
  }
}

customElements.define("candor-countdown", CandorCountdown);
