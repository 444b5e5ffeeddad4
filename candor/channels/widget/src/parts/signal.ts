/** Global Privacy Control: the request that the browser asks for, ready to be looked at. It is never sent by itself. */

import { html, type TemplateResult } from "lit";
import type { Shortcut } from "../api";
import type { Texts } from "../texts/en";

/** Whether the browser tells its pages so; the header Sec-GPC says the same to the server. */
export const sendsSignal = (browser: object): boolean => "globalPrivacyControl" in browser && browser.globalPrivacyControl === true;

export function signalView(offered: Shortcut, company: string, write: (text: string, sends: string) => void, words: Texts): TemplateResult {
  const what = words.requests[offered.request_type] ?? offered.title;
  return html`<section class="card signal" aria-label=${words.signalTitle} data-testid="signal">
    <p class="card-title">${words.signalTitle}</p>
    <dl><div class="card-row" data-state="known"><dt>${words.cardRows.request}</dt><dd><div class="card-value" dir="auto">${what}</div></dd></div></dl>
    <p class="card-note" dir="auto">${words.signalText(company)}</p>
    <div class="card-foot"><button type="button" class="starter" data-testid="signal-show" @click=${() => write(words.signalShow, offered.says)}>${words.signalShow}</button></div>
  </section>`;
}
