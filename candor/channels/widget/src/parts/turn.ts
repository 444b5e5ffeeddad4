/** One entry of the conversation: what the visitor said, what Candor replied, or a notice. */

import { html, nothing, type TemplateResult } from "lit";
import type { RequestCard } from "../api";
import { inWords } from "../chat";
import { iconOf } from "../icons";
import type { Scene } from "../scene";
import type { Citation } from "../api";
import { GREETING, type Entry, type Notice, type Replied, type VisitorMessage, type Problem } from "../transcript";
import { choicesOf, hasField } from "../step";
import { citationView } from "./citation";
import { comparisonView } from "./comparison";
import "./countdown";
import "./feedback";
import "./field";
import { foldView } from "./fold";
import { requestCardView } from "./request-card";
import "./ticket";

export interface Place {
  readonly goesOn: boolean; // with what the reply before it began: the heading is not shown again
  readonly live: boolean; // the reply's buttons may still be pressed
  readonly pressed: number; // which of its buttons was pressed; -1 for none
  readonly given: string; // what the visitor gave before for what the reply asks
  readonly newest: boolean; // its ticket can be acted on
}

export function turnView(entry: Entry, place: Place, scene: Scene): TemplateResult {
  if (entry.who === "visitor") return visitorView(entry, scene);
  return entry.who === "notice" ? noticeTurn(entry, scene) : replyView(entry, place, scene);
}

function visitorView(message: VisitorMessage, scene: Scene): TemplateResult {
  return html`<div class="turn visitor ${message.state === "failed" || message.state === "queued" ? "unsent" : ""}" data-testid="visitor" data-state=${message.state}>
    <span class="unseen">${scene.language.words.you}</span>
    <div class="said" dir="auto">${foldView(message.text, scene)}</div>
    ${message.state === "queued" ? html`<p class="quiet queued" data-testid="queued">${scene.language.words.queued}</p>` : nothing}
    ${message.problem ? problemView(message.problem, scene, message.key) : nothing}
  </div>`;
}

const noticeTurn = (notice: Notice, scene: Scene) => html`<div class="turn">${problemView(notice.problem, scene)}</div>`;

/** key: of the message that could not be sent. */
function problemView(problem: Problem, scene: Scene, key = ""): TemplateResult {
  const { words } = scene.language;
  const ofMessage = key !== "";
  const text = ofMessage || problem.kind === "busy" || problem.kind === "refused" ? inWords(problem, words, Date.now()) : words.notBegun;
  return html`<div class="notice" data-testid="notice" data-kind=${problem.kind}>
    <p class="said" dir="auto">${problem.kind === "busy" ? html`<candor-countdown .until=${problem.until} .words=${words.busy}></candor-countdown>` : text}</p>
    ${problem.kind === "gone" && ofMessage
      ? html`<button type="button" class="primary" data-testid="start-again" @click=${scene.startAgain}>${words.startAgain}</button>`
      : problem.kind === "network" || problem.kind === "server"
        ? html`<button type="button" data-testid="retry" @click=${scene.retry}>${words.retry}</button>`
        : problem.kind === "refused" && ofMessage
          ? html`<button type="button" data-testid="take-back" @click=${() => scene.takeBack(key)}>${words.takeBack}</button>`
          : nothing}
  </div>`;
}

function replyView(entry: Replied, place: Place, scene: Scene): TemplateResult {
  const { reply } = entry;
  const { words } = scene.language;
  if (reply.speaker && reply.speaker.does !== "says") return html`<div class="turn between" data-testid="between"><p class="quiet" lang="en" dir="auto">${reply.text}</p></div>`;
  const label = labelOf(entry, scene);
  return html`<div class="turn reply ${place.goesOn ? "goes-on" : ""}" data-testid="reply" data-kind=${reply.kind} tabindex="-1">
    ${reply.speaker ? nothing : html`<span class="unseen">${words.candor}</span>`}
    ${label ? html`<p class="label ${place.goesOn ? "unseen" : ""}">${iconOf(reply.kind)}<span>${label}</span></p>` : nothing}
    ${reply.text ? html`<p class="said" dir="auto" lang=${reply.speaker || (entry.key === GREETING && scene.ownGreeting) ? nothing : "en"}>${reply.card?.lead || reply.ticket?.lead || reply.text}</p>` : nothing}
    ${reply.comparison?.length
      ? comparisonView(reply, scene)
      : reply.citations?.length
        ? citedView(reply.citations, reply.citations_shown ?? 1, scene)
        : nothing}
    ${reply.ticket
      ? html`<candor-ticket .ticket=${reply.ticket} .newest=${place.newest} .asked=${askedView(entry, place, scene)} .scene=${scene}></candor-ticket>`
      : reply.card ? cardView(entry, reply.card, place, scene) : askedView(entry, place, scene)}
    ${reply.ended ? html`<p class="quiet" data-testid="ended">${words.ended}</p>` : nothing}
    ${reply.answer_id ? html`<candor-feedback .answerId=${reply.answer_id} .given=${entry.helpful} .scene=${scene}></candor-feedback>` : nothing}
  </div>`;
}

/** The passages that answer, and the others folded away: an answer should fit a phone. */
function citedView(citations: readonly Citation[], shown: number, scene: Scene): TemplateResult {
  const folded = citations.slice(shown);
  return html`<div class="cited">
    ${citations.slice(0, shown).map((citation) => citationView(citation, scene))}
    ${folded.length
      ? html`<details class="more-passages" data-testid="more-passages"><summary>${scene.language.words.morePassages(folded.length)}</summary>
          <div class="cited">${folded.map((citation) => citationView(citation, scene))}</div></details>`
      : nothing}
  </div>`;
}

/** The field for what the reply asks, and its buttons. */
const askedView = (entry: Replied, place: Place, scene: Scene) => html`${fieldView(entry, place, scene)}${choicesView(entry, place, scene)}`;

/** beside: other answers than what is typed into the field. */
function fieldView({ reply, key }: Replied, place: Place, scene: Scene, beside: TemplateResult | typeof nothing = nothing): TemplateResult | typeof nothing {
  return place.live && reply.form && hasField(reply)
    ? html`<candor-field .asked=${reply.form} .buttons=${reply.buttons ?? []} .beside=${beside} .given=${place.given} .scene=${scene} .place=${idOf(key)}></candor-field>`
    : nothing;
}

/** The newest card can be edited. Of those before only the summaries stay, as what the visitor was asked to agree to. */
function cardView(entry: Replied, card: RequestCard, place: Place, scene: Scene): TemplateResult | typeof nothing {
  const asks = entry.reply.form?.field ?? "";
  if (!place.live && asks !== "agreed") return nothing;
  const choices = place.live ? choicesView(entry, place, scene) : nothing;
  const field = fieldView(entry, place, scene, choices);
  return requestCardView(card, { live: place.live, asks, id: idOf(entry.key), asked: field === nothing ? choices : field, choices }, scene);
}

const idOf = (key: string) => key.replace(/\W/g, "-");

function labelOf({ reply }: Replied, { language }: Scene): string {
  if (reply.speaker) return language.words.person(reply.speaker.name, reply.speaker.company);
  const label = language.words.kinds[reply.kind] ?? "";
  const type = reply.kind === "request" && reply.request_type ? language.words.requests[reply.request_type] : undefined;
  return type ? `${label}: ${type}` : label;
}

/** The buttons. Beside a form field, choices are shown less prominently. */
function choicesView({ reply }: Replied, place: Place, scene: Scene): TemplateResult | typeof nothing {
  const buttons = choicesOf(reply, place.live);
  if (!buttons.length) return nothing;
  return html`<div class="choices ${!reply.form || reply.form.field === "agreed" ? "main" : ""}" role="group" aria-label=${scene.language.words.choices}>
    ${buttons.map((choice, number) => html`<button type="button" lang="en" ?disabled=${!place.live} class=${place.pressed === number ? "used" : ""}
      aria-pressed=${place.live ? nothing : String(place.pressed === number)} @click=${() => scene.say(choice.title, choice.payload)}><bdi>${choice.title}</bdi></button>`)}
  </div>`;
}
